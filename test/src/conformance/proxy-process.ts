import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Endpoint } from './rest-call.js';
import type { Program, ServerProcess } from './server-process.js';

export interface ProxyProcess {
  readonly rest: Endpoint;
  stop(): Promise<void>;
}

/** Starts the proxy in front of a server and waits until it says that it listens. */
export async function startProxy(
  program: Program,
  upstream: 'grpc' | 'rest',
  server: ServerProcess,
): Promise<ProxyProcess> {
  const child = spawn(program.command, program.leading, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      STUDY_PORT: '0',
      STUDY_UPSTREAM: upstream,
      STUDY_TFSERVING_GRPC: `${server.host}:${server.grpcPort}`,
      STUDY_TFSERVING_REST: `http://${server.host}:${server.restPort}`,
    },
  });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const ended = once(child, 'close');
  const stop = async (): Promise<void> => {
    kill();
    await ended;
    process.off('exit', kill);
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /"url":"(http:[^"]+)"/.exec(line)?.[1];
    if (!line.includes('"listening"') || url === undefined) continue;
    child.stdout.resume();
    return { rest: { host: new URL(url).hostname, port: Number(new URL(url).port) }, stop };
  }
  throw new Error('the proxy ended before it listened');
}
