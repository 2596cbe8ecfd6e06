import { connect } from 'node:net';
import { endpointOf } from '../load/index.js';
import { isAlive } from '../resources/index.js';
import type { RunningInstance } from './instance.js';
import type { RunningServing } from './serving/serving-process.js';
import { getText } from './serving/start-serving.js';

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

/** Whether a model server lives, and answers: the system takes connections for one that hangs. */
export async function isWell({ processes, restUrl }: RunningServing): Promise<boolean> {
  if (deadOf(processes) !== undefined) return false;
  return await getText(restUrl, LIMIT_MS).then(
    () => true,
    () => false,
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
