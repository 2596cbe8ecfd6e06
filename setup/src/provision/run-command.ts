import { spawn } from 'node:child_process';

export type CommandResult =
  | {
      readonly started: true;
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** The program is not there or may not be run. */
  | { readonly started: false; readonly reason: string };

export interface CommandOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** A set-up lock's descriptor, so that the lock lives as long as the command. */
  readonly lockDescriptor?: number;
  /** Each line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Bytes of each stream that are kept: enough for any error message, however long a compiler talks. */
const KEEP_BYTES = 256 * 1024;

/** Runs a program without a shell and collects what it says. Rejects only when `signal` ends it. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe', options.lockDescriptor ?? 'ignore'],
      ...(options.environment === undefined ? {} : { env: options.environment }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const kept = { stdout: '', stderr: '' };
    let partial = '';
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        kept[stream] = (kept[stream] + text).slice(-KEEP_BYTES);
        if (stream !== 'stdout' || options.onLine === undefined) return;
        const lines = (partial + text).split('\n');
        partial = lines.pop() ?? '';
        lines.forEach(options.onLine);
      });
    }
    child.on('error', (error) => {
      if (options.signal?.aborted === true) reject(error);
      else resolve({ started: false, reason: error.message });
    });
    child.on('close', (code, signal) => {
      if (options.signal?.aborted === true) reject(options.signal.reason as Error);
      else resolve({ started: true, code, signal, ...kept });
    });
  });
}

/** Standard output of a program that ended well; undefined when it is not there, fails or takes longer than `limitMs`. */
export async function outputOf(command: string, args: readonly string[], limitMs: number): Promise<string | undefined> {
  const result = await runCommand(command, args, { signal: AbortSignal.timeout(limitMs) }).catch(() => undefined);
  return result?.started === true && result.code === 0 ? result.stdout.trim() : undefined;
}
