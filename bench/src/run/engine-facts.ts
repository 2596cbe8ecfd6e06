import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { contestantById, type RunningInstance } from '../contestants/index.js';
import { PROJECT_ROOT, PYTHON } from '../models/index.js';
import type { ServingSource } from '../record/index.js';
import type { LedgerFacts } from './ledger.js';
import { instructionSets } from './machine.js';
import type { Zoo } from './zoo.js';

const run = promisify(execFile);
const UNKNOWN = 'unknown';

const currentSchema = z.object({ directory: z.string() });
const engineSchema = z.object({ distribution: z.string(), version: z.string() });

/** What the ledger says of the engine behind each contestant, as set-up, Python and the model server tell it. */
export async function engineFacts(
  source: ServingSource,
  zoo: Zoo,
): Promise<(instance: RunningInstance) => LedgerFacts> {
  const [own, python] = [await engineWords(), await pythonEngine()];
  const shared = {
    instructionSets: instructionSets().join(' ') || UNKNOWN,
    allCpus: availableParallelism(),
    memoryLimit: await memoryLimit(),
  };
  return ({ contestant, launch }) => ({
    ...shared,
    modelDigest: zoo.digest(launch.model, launch.modelVersion),
    engine:
      contestant.backend === 'tensorflow-serving'
        ? source.version
        : contestantById(contestant.id).inPython === true
          ? python
          : own,
  });
}

/**
 * The engine that `npm run setup` put into the cache, `tensorflow` or `tensorflow-cpu`; undefined where it never ran, as targets
 * do not need it.
 */
export async function ownEngine(): Promise<z.infer<typeof engineSchema> | undefined> {
  const engines = join(PROJECT_ROOT, '.cache', 'engine');
  const current = await readFile(join(engines, 'current.json'), 'utf8').catch(() => undefined);
  if (current === undefined) return undefined;
  const { directory } = currentSchema.parse(JSON.parse(current));
  return engineSchema.parse(JSON.parse(await readFile(join(engines, directory, 'engine.json'), 'utf8')));
}

/** `tensorflow-cpu 2.21.0` */
export async function engineWords(): Promise<string> {
  const engine = await ownEngine();
  return engine === undefined ? UNKNOWN : `${engine.distribution} ${engine.version}`;
}

async function pythonEngine(): Promise<string> {
  const ask =
    "import importlib.metadata as m; d=[x for x in m.distributions() if x.name in ('tensorflow','tensorflow-cpu','tensorflow_cpu')][0]; print(d.name.replace('_','-'), d.version)";
  return await run(PYTHON, ['-c', ask]).then(
    ({ stdout }) => stdout.trim(),
    () => UNKNOWN,
  );
}

/** Of the control group this process, and so the servers it starts, runs in. */
async function memoryLimit(): Promise<string> {
  const text = await readFile('/sys/fs/cgroup/memory.max', 'utf8').catch(() => 'max');
  return text.trim() === 'max' ? 'none' : `${(Number(text) / 2 ** 30).toFixed(1)} GiB`;
}
