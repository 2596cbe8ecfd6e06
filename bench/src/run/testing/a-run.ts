import type { Fleet } from '../../contestants/index.js';
import type { Generator } from '../../load/index.js';
import { temporaryFolder } from '../../process/index.js';
import type { Cell, Plan, StudyRecord } from '../../record/index.js';
import { aStudy } from '../../record/testing/a-study.js';
import { floatGolden, type GoldenSet } from '../../requests/index.js';
import { ZOO } from '../../questions/subject.js';
import { RunFolder } from '../../run-folder/index.js';
import { aCell } from '../../stats/testing/a-trial.js';
import { Keeper } from '../keeper.js';
import type { Run } from '../run.js';

/** What the model of these tests predicts, as `SmallFleet` takes it. */
export const RIGHT = '[0.25, 0.75]';
export const WRONG = '[0.5, 0.5]';

const GOLDEN: GoldenSet = floatGolden({
  model: 'tiny',
  version: 1,
  inputAlias: 'x',
  outputAlias: 'y',
  instanceShape: [2],
  cases: [{ input: Float32Array.of(1, 2), expected: Float32Array.of(0.25, 0.75) }],
});

export interface TestRun extends AsyncDisposable {
  readonly run: Run;
  readonly folder: RunFolder;
}

/** Short trials of the model above, a cell for each contestant, in one group. */
export function cellsOf(contestants: readonly string[], overrides: Partial<Cell> = {}): Cell[] {
  return contestants.map((contestant) =>
    aCell(
      { kind: 'closed', concurrency: 1 },
      {
        id: `test/${contestant}`,
        contestant,
        group: 'test',
        trials: 6,
        warmupMs: 0,
        durationMs: 20,
        condition: {
          loop: { kind: 'closed', concurrency: 1 },
          model: 'tiny',
          modelVersion: 1,
          batch: 1,
          payload: 'json',
        },
        ...overrides,
      },
    ),
  );
}

/** A run on real servers and the real generator that has not begun. `hear`: is told what it is doing, before it does it. */
export async function aRun(
  generator: Generator,
  fleet: Fleet,
  plan: Partial<Plan>,
  overrides: Partial<Pick<Run, 'observations' | 'signal' | 'zoo'>> & {
    readonly hear?: (text: string) => void;
  } = {},
  record: Partial<StudyRecord> = {},
): Promise<TestRun> {
  const { hear = () => undefined } = overrides;
  const parent = await temporaryFolder('run-test-');
  const folder = await RunFolder.create(parent.path, 'run');
  const study = aStudy({ floors: [], ...record });
  const keeper = new Keeper(folder, {
    ...study,
    plan: { ...study.plan, restarts: 1, experiments: Object.keys(overrides.observations ?? {}), ...plan },
  });
  const facts = { modelDigest: '', engine: '', instructionSets: '', allCpus: 1, memoryLimit: '' };
  return {
    folder,
    run: {
      folder,
      keeper,
      fleet,
      generator,
      longestWarmUpMs: 0,
      answerLimitMs: 1000,
      observations: overrides.observations ?? {},
      contestants: (plan.cells ?? []).map(({ contestant }) => contestant),
      zoo: overrides.zoo ?? {
        models: new Map(),
        golden: () => Promise.resolve(GOLDEN),
        basePath: (model) => model,
        folder: (model) => model,
      },
      subject: ZOO,
      ledgerFacts: () => facts,
      progress: { now: hear, say: hear },
      signal: overrides.signal ?? new AbortController().signal,
    },
    [Symbol.asyncDispose]: async () => {
      await fleet.stop();
      await parent[Symbol.asyncDispose]();
    },
  };
}
