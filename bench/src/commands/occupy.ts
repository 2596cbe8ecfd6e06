import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../resources/index.js';
import { writeAtomically } from '../run-folder/index.js';

const CLAIM = /^\.running-(\d+)$/;

/**
 * Keeps a run folder for this process as long as it measures: two that go on with one run would mix their trials. Each claims
 * the folder before it looks for the claims of others, so of two that come at the same instant one at least sees the other.
 * @throws Error while another one has it.
 */
export async function occupy(folder: string): Promise<AsyncDisposable> {
  const own = join(folder, `.running-${process.pid}`);
  const leave = (): Promise<void> => rm(own, { force: true }).catch(() => undefined); // of a process that has ended nobody minds it
  await writeAtomically(own, '');
  for (const name of await readdir(folder)) {
    const holder = Number(CLAIM.exec(name)?.[1] ?? process.pid);
    if (holder === process.pid) continue;
    const claim = join(folder, name);
    if (isAlive(holder)) {
      await leave();
      throw new Error(
        `the run in ${folder} is still going on, in process ${holder}: wait for its end (if that is another program, delete ${claim})`,
      );
    }
    await rm(claim, { force: true });
  }
  return { [Symbol.asyncDispose]: leave };
}
