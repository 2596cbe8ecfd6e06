import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Limits } from './limits.js';
import { createMemoryGroup } from './memory-limit.js';

/** A memory limit needs a machine where `whyNoMemoryLimit` has no reason; it holds for descendants too. */
export interface ServerCommand extends Limits {
  /** Name for messages, e.g. `flask-style-server`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** The whole output goes here as well. */
  readonly logFile?: string;
}

/** A server that was started and has not been stopped. */
export interface ServerProcess {
  readonly pid: number;
  /** As a person would type it. */
  readonly commandLine: string;
  /** Resolves with the first value that `read` finds in a line of output. Rejects when the server ends first or the limit passes. */
  waitForLine<T>(read: (line: string) => T | undefined, limitMs: number): Promise<T>;
  /** Resolves once `probe` does; tries again until the limit. Rejects when the server ends first. */
  waitUntil<T>(probe: () => Promise<T>, limitMs: number): Promise<T>;
  /** SIGTERM, then SIGKILL after the grace period. Safe to call twice. */
  stop(graceMs?: number): Promise<void>;
}

const TAIL_LINES = 30;
const PROBE_EVERY_MS = 50;

/** Starts a server whose death with ours is arranged where the platform can (setpriv), so that a killed study leaves no servers. */
export function startProcess(start: ServerCommand): ServerProcess {
  const group = start.memoryMb === undefined ? undefined : createMemoryGroup(start.name, start.memoryMb);
  const [command, ...args] = [...(group?.prefix ?? []), ...withPrefixes(start)];
  const child = spawn(command ?? start.command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = new Output(start, child);
  child.once('close', () => group?.remove());
  const commandLine = [
    ...Object.entries(start.env).map(([key, value]) => `${key}=${value}`),
    start.command,
    ...start.args,
  ].join(' ');
  return {
    pid: child.pid ?? 0,
    commandLine,
    waitForLine: (read, limitMs) => output.waitFor(read, limitMs),
    waitUntil: (probe, limitMs) => poll(probe, limitMs, output),
    stop: (graceMs = 5000) => stop(child, graceMs),
  };
}

/** What goes before the command, all by exec in the same process: death with ours, CPUs, environment. */
function withPrefixes(start: ServerCommand): string[] {
  const bound = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];
  return [...bound, ...pinnedTo(start), ...withEnvironment(start.env), start.command, ...start.args];
}

/** Keeps a command to its CPUs; nothing where it may use all. */
export function pinnedTo({ cpus }: Limits): string[] {
  return cpus === undefined ? [] : ['taskset', '-c', cpus];
}

/** `env` adds to the environment that is inherited; this process does not read its own. */
export function withEnvironment(env: Readonly<Record<string, string>>): string[] {
  return ['env', ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
}

/** The lines a server prints, its last ones kept for error messages. */
class Output {
  readonly #tail: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  readonly #name: string;
  #ended: Error | undefined;
  readonly #onEnd = new Set<(error: Error) => void>();

  constructor(start: ServerCommand, child: ChildProcess) {
    this.#name = start.name;
    const file = start.logFile === undefined ? undefined : createWriteStream(start.logFile, { flags: 'a' });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.#tail.push(line);
        if (this.#tail.length > TAIL_LINES) this.#tail.shift();
        file?.write(`${line}\n`);
        for (const listener of this.#listeners) listener(line);
      });
    }
    child.once('error', (cause) => {
      this.#end(new Error(`${start.name} could not be started (${start.command}): ${cause.message}`, { cause }));
    });
    child.once('close', (code, signal) => {
      file?.end();
      this.#end(
        this.#withTail(`${start.name} ended ${signal === null ? `with exit code ${code ?? '?'}` : `by ${signal}`}`),
      );
    });
  }

  get ended(): Error | undefined {
    return this.#ended;
  }

  waitFor<T>(read: (line: string) => T | undefined, limitMs: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const look = (line: string): boolean => {
        const found = read(line);
        if (found !== undefined) {
          finish();
          resolve(found);
        }
        return found !== undefined;
      };
      const fail = (error: Error): void => {
        finish();
        reject(error);
      };
      const timer = setTimeout(() => {
        fail(this.#withTail(`${this.#name} was not ready after ${limitMs / 1000} s`));
      }, limitMs);
      const finish = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        this.#onEnd.delete(fail);
      };
      if (this.#tail.some(look)) return;
      if (this.#ended !== undefined) {
        fail(this.#ended);
        return;
      }
      this.#listeners.add(look);
      this.#onEnd.add(fail);
    });
  }

  notReady(limitMs: number, cause: unknown): Error {
    return this.#withTail(
      `${this.#name} did not answer within ${limitMs / 1000} s (${cause instanceof Error ? cause.message : String(cause)})`,
    );
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const listener of this.#onEnd) listener(error);
  }

  #withTail(message: string): Error {
    return new Error(
      this.#tail.length === 0
        ? `${message}; it printed nothing`
        : `${message}; its last lines:\n${this.#tail.join('\n')}`,
    );
  }
}

async function poll<T>(probe: () => Promise<T>, limitMs: number, output: Output): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    if (output.ended !== undefined) throw output.ended;
    try {
      return await probe();
    } catch (cause) {
      if (performance.now() > end) throw output.notReady(limitMs, cause);
    }
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
  }
}

async function stop(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    child.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
