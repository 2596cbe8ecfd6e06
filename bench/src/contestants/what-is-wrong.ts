import { connect } from 'node:net';
import { request } from 'undici';
import { endpointOf } from '../load/index.js';
import { isAlive } from '../resources/index.js';
import type { RunningInstance } from './instance.js';
import type { RunningServing } from './serving/serving-process.js';

const LIMIT_MS = 2000;

/**
 * Looks whether a contestant's processes live and its port takes connections (method rule 11): what is wrong, in words;
 * undefined when nothing is. `signal` ends the wait; default: after two seconds.
 */
export async function whatIsWrong(
  { processes, target }: RunningInstance,
  signal = AbortSignal.timeout(LIMIT_MS),
): Promise<string | undefined> {
  if (target.kind === 'engine') return deadOf(processes);
  return deadOf(processes) ?? (await silent(target.kind === 'rest' ? target.url : target.address, signal));
}

/** The same of a model server, which has to answer too: the system takes connections for one that hangs. */
export async function whatIsWrongWith({ processes, restUrl }: RunningServing): Promise<string | undefined> {
  return (
    deadOf(processes) ??
    (await request(restUrl, { signal: AbortSignal.timeout(LIMIT_MS) }).then(
      async ({ body }) => {
        await body.dump();
        return undefined;
      },
      (error: unknown) => `${restUrl} does not answer (${String(error)})`,
    ))
  );
}

function deadOf(processes: RunningInstance['processes']): string | undefined {
  const dead = processes.find(({ pid }) => !isAlive(pid));
  return dead === undefined ? undefined : `the process ${dead.name} (${dead.pid}) has ended`;
}

async function silent(address: string, signal: AbortSignal): Promise<string | undefined> {
  const socket = connect({ ...endpointOf(address), signal });
  const outcome = await new Promise<string>((resolve) => {
    socket.once('connect', () => {
      resolve('');
    });
    socket.once('error', ({ message }) => {
      resolve(signal.aborted ? 'no answer' : message === '' ? 'refused' : message);
    });
  });
  socket.destroy();
  return outcome === '' ? undefined : `${address} takes no connections (${outcome})`;
}
