import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.js';
import { statusOf } from '../status-error.js';

export interface RetryOptions {
  /** Tries after the first one. */
  readonly maxRetries: number;
  /** Negative: none. */
  readonly intervalMs: number;
  /** Ends the waiting and the trying; a try that has begun is finished. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Tries until it works. Rejects with the last error when all tries are used up or `signal` fires. */
export async function retry<T>(description: string, action: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { maxRetries, intervalMs, signal, log } = options;
  for (let retries = 0; ; retries += 1) {
    try {
      return await action();
    } catch (error) {
      log.error(`${description} failed: ${statusText(error)}`);
      // an abort ends the sleep early, and is noticed below
      if (retries < maxRetries) await sleep(Math.max(0, intervalMs), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) log.info(`Retrying of ${description} was cancelled.`);
      if (signal.aborted || retries >= maxRetries) throw error;
      log.info(`Retrying of ${description} retry: ${retries + 1}`);
    }
  }
}

/** `OUT_OF_RANGE: Read less bytes than requested`. */
export function statusText(error: unknown): string {
  const { code, message } = statusOf(error);
  return `${code}: ${message}`;
}
