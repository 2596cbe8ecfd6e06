import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { withHostsFile, type HostsFile } from './hosts-file.js';

/** Loading TensorFlow and a model takes seconds, on a busy machine many. */
const START_LIMIT_MS = 120_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface ServiceProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** What it has logged so far, one line each. */
  readonly log: readonly string[];
  /** Resolves with the next line that has `text`, from now on. */
  logged(text: string): Promise<string>;
  signal(name: 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): void;
  /** SIGTERM, then its exit status. */
  stop(): Promise<number | null>;
}

/** Starts one of our services and waits until it says that it listens. Rejects with its last words when it ends first. */
export async function startService(
  program: string,
  env: Readonly<Record<string, string>>,
  hosts?: HostsFile,
): Promise<ServiceProcess> {
  const node = [process.execPath, program];
  const [command = '', ...args] = hosts === undefined ? node : withHostsFile(hosts, node);
  const child = spawn(command, args, {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', STUDY_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const log: string[] = [];
  const watchers = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      log.push(line);
      for (const watch of watchers) watch(line);
    });
  const ended = once(child, 'close').then(() => {
    running.delete(child);
    return child.exitCode;
  });
  const logged = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const watch = (line: string): void => {
        if (!line.includes(text)) return;
        watchers.delete(watch);
        resolve(line);
      };
      watchers.add(watch);
    });
  const late = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
  const failed = ended.then(() => {
    throw new Error(`${program} did not listen: ${log.slice(-20).join('\n')}`);
  });
  const line = await Promise.race([logged('"msg":"listening"'), failed]);
  failed.catch(() => undefined);
  clearTimeout(late);
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    pid: child.pid ?? 0,
    log,
    logged,
    signal: (name) => child.kill(name),
    stop: async () => {
      child.kill('SIGTERM');
      return await ended;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
