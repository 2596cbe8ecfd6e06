import { connect } from 'node:net';
import { isAlive } from '../resources/index.js';
import type { RunningInstance } from './instance.js';
import type { RunningServing } from './serving/serving-process.js';

const LIMIT_MS = 2000;

/**
 * Looks whether a contestant's processes live and its port takes connections (method rule 11): what is wrong, in words;
 * undefined when nothing is.
 */
export async function whatIsWrong({ processes, target }: RunningInstance): Promise<string | undefined> {
  if (target.kind === 'engine') return deadOf(processes);
  return deadOf(processes) ?? (await silent(new URL(target.kind === 'rest' ? target.url : `http://${target.address}`)));
}

/** The same of a model server. */
export async function whatIsWrongWith({ processes, restUrl }: RunningServing): Promise<string | undefined> {
  return deadOf(processes) ?? (await silent(new URL(restUrl)));
}

function deadOf(processes: RunningInstance['processes']): string | undefined {
  const dead = processes.find(({ pid }) => !isAlive(pid));
  return dead === undefined ? undefined : `the process ${dead.name} (${dead.pid}) has ended`;
}

async function silent({ hostname, port, host }: URL): Promise<string | undefined> {
  const socket = connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port === '' ? 80 : port) });
  socket.setTimeout(LIMIT_MS);
  const outcome = await new Promise<string>((resolve) => {
    socket.once('connect', () => {
      resolve('');
    });
    socket.once('timeout', () => {
      resolve('no answer');
    });
    socket.once('error', ({ message }) => {
      resolve(message === '' ? 'refused' : message);
    });
  });
  socket.destroy();
  return outcome === '' ? undefined : `${host} takes no connections (${outcome})`;
}
