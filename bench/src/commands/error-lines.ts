import { messageOf } from '../words/message-of.js';

/**
 * An error and what caused it, a line each; of a text with several lines only the first tells the cause. None for what only says
 * that the user has stopped it.
 */
export function errorLines(error: unknown, { aborted }: AbortSignal): string[] {
  if (aborted && error instanceof Error && error.name === 'AbortError') return [];
  const lines = [`error: ${messageOf(error)}`];
  for (let { cause } = asError(error); cause !== undefined && cause !== null; cause = asError(cause).cause) {
    const message = messageOf(cause).split('\n')[0] ?? '';
    if (!lines.some((line) => line.includes(message))) lines.push(`  because: ${message}`);
  }
  return lines;
}

function asError(value: unknown): { readonly cause?: unknown } {
  return value instanceof Error ? value : {};
}
