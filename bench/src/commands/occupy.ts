import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../resources/index.js';
import { writeAtomically } from '../run-folder/index.js';

/**
 * Keeps a run folder for this process as long as it measures: two that go on with one run would mix their trials.
 * @throws Error while another one has it.
 */
export async function occupy(folder: string): Promise<AsyncDisposable> {
  const file = join(folder, '.running');
  const holder = Number(await readFile(file, 'utf8').catch(() => '0'));
  if (holder > 0 && holder !== process.pid && isAlive(holder))
    throw new Error(
      `the run in ${folder} is still going on, in process ${holder}: wait for its end (if that is another program, delete ${file})`,
    );
  await writeAtomically(file, String(process.pid));
  // Of a process that has ended nobody minds it.
  return { [Symbol.asyncDispose]: () => rm(file).catch(() => undefined) };
}
