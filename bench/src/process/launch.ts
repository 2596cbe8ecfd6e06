import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, processTree, startOf } from '../resources/index.js';
import { lastWords } from './last-words.js';
import { createMemoryGroup } from './memory-limit.js';
import { messageOf } from '../words/message-of.js';

/** What a process is held to, its descendants included. */
export interface Limits {
  /** CPUs, as taskset and cgroups write them; absent: all. */
  readonly cpus?: string;
  /** Only where `whyNoMemoryLimit` has no reason. */
  readonly memoryMb?: number;
}

export interface Command extends Limits {
  /** For messages, e.g. `flask-style`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The whole output goes here as well. */
  readonly logFile?: string;
  /** It is a script of ours that speaks by messages, on node's channel. */
  readonly hasChannel?: true;
  /**
   * It hands the signals it gets on to processes that would outlive it: it is asked to end, not killed, when this process
   * ends, and a Ctrl-C of the terminal does not reach it.
   */
  readonly passesSignalsOn?: true;
  /** Each line on its standard output. */
  readonly onLine?: (line: string) => void;
}

/** How a process ended. */
export interface Ended {
  /** Null when a signal ended it; `NO_COMMAND` when it could not be started. */
  readonly code: number | null;
  /** Empty when it printed nothing. */
  readonly lastWords: string;
  /** For whoever still needed it, with its last words and the path of its log. */
  readonly error: Error;
}

const TAIL_LINES = 30;
const PROBE_EVERY_MS = 50;
const GRACE_MS = 5000;
/** What it printed last is read by then. */
const LAST_WORDS_MS = 1000;
/** What `setpriv`, `taskset` and `env` end with when there is no such command. */
export const NO_COMMAND = 127;

/**
 * Starts a process. Where the platform can (setpriv), it dies with ours, so that a killed run leaves nothing behind. It is
 * scheduled like any other: in the real-time class the load generator would take the CPU from the servers in the middle of
 * their work (docs/decisions/0011-load-generator.md).
 */
export function launch(command: Command): Launched {
  return new Launched(command);
}

/** Starts a script of ours that speaks by messages. */
export function launchScript(
  name: string,
  script: string,
  { cpus, nodeFlags = [], args = [] }: { cpus?: string; nodeFlags?: readonly string[]; args?: readonly string[] } = {},
): Launched {
  return launch({
    name,
    command: process.execPath,
    args: ['--enable-source-maps', ...nodeFlags, script, ...args],
    hasChannel: true,
    ...(cpus === undefined ? {} : { cpus }),
  });
}

/** Starts a server. Where it does not become `ready` nothing of it is left. */
export async function launchServer<T>(
  command: Command,
  ready: (server: Launched) => Promise<T>,
): Promise<{ readonly server: Launched; readonly ready: T; readonly readyMs: number }> {
  const startedAt = performance.now();
  const server = launch(command);
  try {
    const result = { server, ready: await ready(server), readyMs: performance.now() - startedAt };
    server.takesItsChildrenAlong();
    return result;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** A process that was started. */
export class Launched {
  readonly child: ChildProcess;
  /** As a person would type it. */
  readonly commandLine: string;
  readonly ended: Promise<Ended>;
  readonly #name: string;
  readonly #logFile: string | undefined;
  readonly #tail: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();

  constructor(start: Command) {
    const group = start.memoryMb === undefined ? undefined : createMemoryGroup(start.name, start.memoryMb);
    const [command = start.command, ...args] = [
      ...(group?.prefix ?? []),
      ...prefixes(start),
      start.command,
      ...start.args,
    ];
    this.#name = start.name;
    this.#logFile = start.logFile;
    this.child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe', ...(start.hasChannel === true ? ['ipc' as const] : [])],
      serialization: 'advanced',
      cwd: start.cwd,
      detached: start.passesSignalsOn === true,
    });
    const variables = Object.entries(start.env ?? {}).map(([key, value]) => `${key}=${value}`);
    this.commandLine = [...variables, start.command, ...start.args].join(' ');
    const file = start.logFile === undefined ? undefined : createWriteStream(start.logFile, { flags: 'a' });
    // A log that cannot be written, on a full disk, ends nothing.
    file?.on('error', () => undefined);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.#tail.push(line);
        if (this.#tail.length > TAIL_LINES) this.#tail.shift();
        file?.write(`${line}\n`);
        if (stream === this.child.stdout) start.onLine?.(line);
        for (const listener of this.#listeners) listener(line);
      });
    }
    this.ended = new Promise((resolve) => {
      const unstarted = (words: string, cause?: Error): void => {
        const error = new Error(`${start.name} could not be started (${start.command}): ${words}`, { cause });
        resolve({ code: NO_COMMAND, lastWords: words, error });
      };
      this.child.once('error', (cause) => {
        unstarted(cause.message, cause);
      });
      // What it leaves behind may hold its output open for ever.
      this.child.once('exit', () => {
        const late = setTimeout(() => {
          for (const stream of [this.child.stdout, this.child.stderr]) stream?.destroy();
        }, LAST_WORDS_MS);
        this.child.once('close', () => {
          clearTimeout(late);
        });
      });
      this.child.once('close', (code, signal) => {
        file?.end();
        group?.remove();
        const words = lastWords(this.#tail) ?? '';
        if (code === NO_COMMAND) unstarted(words);
        const how = signal === null ? `with exit code ${code ?? '?'}` : `by ${signal}`;
        resolve({ code, lastWords: words, error: this.#withLastWords(`${start.name} ended ${how}`) });
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The first value that `read` finds in a line of output. Rejects when the process ends first or the limit passes. */
  async waitForLine<T>(read: (line: string) => T | undefined, limitMs: number): Promise<T> {
    let look: (line: string) => void = () => undefined;
    const found = new Promise<T>((resolve) => {
      look = (line) => {
        const value = read(line);
        if (value !== undefined) resolve(value);
      };
    });
    this.#tail.forEach(look);
    this.#listeners.add(look);
    const over = new AbortController();
    const late = delay(limitMs, undefined, { signal: over.signal }).then(() => {
      throw this.#withLastWords(`${this.#name} was not ready after ${limitMs / 1000} s`);
    });
    try {
      return await Promise.race([this.unlessItEnds(found), late]);
    } finally {
      over.abort();
      this.#listeners.delete(look);
    }
  }

  /** What `probe` gives once it does; tries again until the limit. Rejects when the process ends first. */
  async waitUntil<T>(probe: () => Promise<T>, limitMs: number): Promise<T> {
    const end = performance.now() + limitMs;
    for (;;) {
      try {
        return await this.unlessItEnds(probe());
      } catch (cause) {
        await this.unlessItEnds(delay(PROBE_EVERY_MS));
        if (performance.now() < end) continue;
        const why = messageOf(cause);
        throw this.#withLastWords(`${this.#name} did not answer within ${limitMs / 1000} s (${why})`);
      }
    }
  }

  /** Says something to a script. Who is gone hears nothing: its end shows elsewhere. */
  say(message: object): void {
    this.child.send(message, () => undefined);
  }

  /** The next message of a script. Rejects when it ends before. */
  async message(): Promise<unknown> {
    const [message] = (await this.unlessItEnds(once(this.child, 'message'))) as unknown[];
    return message;
  }

  /** Rejects when the process ends before `wanted` is there. */
  async unlessItEnds<T>(wanted: Promise<T>): Promise<T> {
    const death = this.ended.then(({ error }): never => {
      throw error;
    });
    return await Promise.race([wanted, death]);
  }

  /** Asks it to end, and ends it and its children after the grace period. Safe to call twice. */
  async stop(graceMs = GRACE_MS): Promise<void> {
    const { child } = this;
    this.takesItsChildrenAlong();
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    child.kill('SIGTERM');
    await this.ended;
    clearTimeout(timer);
  }

  /** The children that it has now end with it, also when it is killed. */
  takesItsChildrenAlong(): void {
    const children = processTree(this.pid).slice(1);
    const starts = children.map(startOf);
    this.child.once('exit', () => {
      children.forEach((pid, at) => {
        if (isAlive(pid) && startOf(pid) === starts[at]) process.kill(pid, 'SIGKILL');
      });
    });
  }

  #withLastWords(message: string): Error {
    const log = this.#logFile === undefined ? '' : `; its log: ${this.#logFile}`;
    return new Error(`${message}: ${lastWords(this.#tail) ?? 'it printed nothing'}${log}`);
  }
}

/** What goes before the command, all by exec in the same process: death with ours, CPUs, environment. */
function prefixes({ cpus, env = {}, passesSignalsOn }: Command): string[] {
  const deathSignal = passesSignalsOn === true ? 'TERM' : 'KILL';
  return [
    ...(process.platform === 'linux' ? ['setpriv', '--pdeathsig', deathSignal, '--'] : []),
    ...(cpus === undefined ? [] : ['taskset', '-c', cpus]),
    // This process does not read its own environment: `env` adds to what is inherited.
    'env',
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
  ];
}
