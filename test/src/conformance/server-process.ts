import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@serving-study/bench';
import { isListening } from './is-listening.js';

const HOST = '127.0.0.1';
/** Longest wait for both ports: loading the engine on a busy machine takes seconds. */
const START_LIMIT_MS = 120_000;
const POLL_MS = 25;

/** How to start a server: the stand-in's main.js under node, or a real tensorflow_model_server. */
export interface Program {
  readonly command: string;
  readonly leading: readonly string[];
}

export interface ServerProcess {
  readonly pid: number;
  readonly host: string;
  readonly grpcPort: number;
  readonly restPort: number;
  /** Resolves once both ports accept connections; throws with the server's last words when it ends or the time is up. */
  ready(): Promise<void>;
  /** What it wrote to stdout and stderr so far. */
  output(): string;
  /** Null while it runs. */
  exitCode(): number | null;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a server with these flags on two free ports. */
export async function startServer(program: Program, flags: readonly string[]): Promise<ServerProcess> {
  const [grpcPort, restPort] = [await freePort(), await freePort()];
  const child = spawn(
    program.command,
    [...program.leading, `--port=${grpcPort}`, `--rest_api_port=${restPort}`, ...flags],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  running.add(child);
  const ended = once(child, 'close').then(() => running.delete(child));
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  child.on('error', (error) => {
    output += error.message;
  });
  const server: ServerProcess = {
    pid: child.pid ?? 0,
    host: HOST,
    grpcPort,
    restPort,
    ready: () => bothListening(server),
    output: () => output,
    exitCode: () => child.exitCode,
    stop: async () => {
      // Not SIGTERM: a server that drains would make the replay wait for the calls that recordings leave hanging.
      child.kill('SIGKILL');
      await ended;
    },
  };
  return server;
}

async function bothListening(server: ServerProcess): Promise<void> {
  const until = Date.now() + START_LIMIT_MS;
  while (Date.now() < until) {
    if (server.exitCode() !== null)
      throw new Error(`the server ended with ${server.exitCode() ?? ''}: ${server.output().slice(-2000)}`);
    if ((await isListening(HOST, server.grpcPort)) && (await isListening(HOST, server.restPort))) return;
    await sleep(POLL_MS);
  }
  throw new Error(`the server did not listen within ${START_LIMIT_MS} ms: ${server.output().slice(-2000)}`);
}
