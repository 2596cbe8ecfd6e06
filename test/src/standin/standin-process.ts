import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../behaviour/until.js';
import { freePort } from '@serving-study/bench';
import { isListening } from '../conformance/is-listening.js';
import { STANDIN } from '../conformance/standin-program.js';

const HOST = '127.0.0.1';

/** A running stand-in; it is killed at the end of the scope if it has not ended by then. */
export interface StandinProcess extends AsyncDisposable {
  readonly pid: number;
  readonly rest: string;
  readonly grpc: string;
  /** What it wrote to stdout and stderr so far. */
  output(): string;
  signal(name: 'SIGTERM'): void;
  /** Exit code, null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts the stand-in with these flags on two free ports and waits until both are open. */
export async function startStandin(flags: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<StandinProcess> {
  const [grpcPort, restPort] = [await freePort(), await freePort()];
  const args = [...STANDIN.leading, `--port=${grpcPort}`, `--rest_api_port=${restPort}`, ...flags];
  const child = spawn(STANDIN.command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...env },
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = once(child, 'close').then(() => child.exitCode);
  const dispose = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`the stand-in ended with ${child.exitCode}: ${output}`);
      return (await isListening(HOST, grpcPort)) && (await isListening(HOST, restPort));
    }, `the stand-in to listen; it said: ${output}`);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    rest: `http://${HOST}:${restPort}`,
    grpc: `${HOST}:${grpcPort}`,
    output: () => output,
    signal: (name) => child.kill(name),
    ended,
    [Symbol.asyncDispose]: dispose,
  };
}
