import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Findings } from '../analysis/findings.js';
import { CATALOGUE } from '../contestants/index.js';
import { EXPERIMENTS } from '../experiments/index.js';
import { readManifest } from '../models/index.js';
import { makePlan } from '../run/make-plan.js';
import { modelFacts } from '../run/zoo.js';
import type { Cell, CellResult, ClaimVerdict, Contestant } from '../record/index.js';
import { aStudy } from '../record/testing/a-study.js';
import { kindsOf, protocolOf } from '../run/floors.js';
import { PAIRS_NEEDED, summariseCell } from '../stats/index.js';
import { aSteadyTrial } from '../stats/testing/a-trial.js';
import { CLAIMS } from './index.js';
import { judgeClaims } from './judge-claims.js';

/** Claims that are decided by what an experiment observes besides its cells. */
const OBSERVED = ['work-by-hand', 'hot-update', 'default-concurrency', 'capacity'];

/** Every trial of a cell as it would be on a machine without noise. */
function measured(cell: Cell): CellResult {
  const trials = Array.from({ length: cell.trials }, (_, block) =>
    aSteadyTrial(1, { block, cell: cell.id, id: `${cell.id}#${block}`, durationMs: cell.durationMs }),
  );
  return { ...summariseCell(cell, trials), valid: true };
}

async function verdictsOf(profile: 'standard' | 'thorough'): Promise<ClaimVerdict[]> {
  const models = new Map((await readManifest()).models.map((model) => [model.name, modelFacts(model)]));
  const contestants: Contestant[] = CATALOGUE.map(({ id, label, role, family, protocol, onServing }) => ({
    id,
    label,
    role,
    family,
    protocol,
    backend: onServing ? 'tensorflow-serving' : 'in-process',
    command: '',
  }));
  const { plan } = makePlan({
    // Four CPUs and a GPU: nothing is left out for the machine's sake.
    context: {
      profile,
      schedulableCpus: 4,
      serverCpus: [0, 1, 2],
      noGpu: undefined,
      memoryLimits: true,
      contestants,
      models,
    },
    experiments: EXPERIMENTS.filter(({ profiles }) => profiles.includes(profile)),
    timeFactor: 1,
    seeds: { arrivals: 1, inputs: 2, order: 3 },
  });
  const floors = kindsOf(plan.cells).map(({ payload, model, batch }) => ({
    ...{ protocol: protocolOf(payload), payload, model, batch, requestBytes: 1, answerBytes: 1 },
    ...{ p50Ms: 0.03, p99Ms: 0.1, cpuMsPerRequest: 0.02, throughputPerS: 40_000 },
  }));
  const study = aStudy({ contestants, models: [...models.values()], plan, floors });
  const cells = plan.cells.map(measured);
  const noSamples = (): Promise<never> => Promise.reject(new Error('claims read no samples'));
  // Claims look for cells that have trials; of the trials themselves only the analyses read more.
  return judgeClaims(CLAIMS, new Findings(study, cells, [], noSamples));
}

describe('a profile', () => {
  for (const profile of ['standard', 'thorough'] as const)
    it(`has a place where each claim is decided, with pairs enough: ${profile}`, async () => {
      const claims = (await verdictsOf(profile)).filter(({ experiment }) => !OBSERVED.includes(experiment));
      assert.ok(claims.length > 20);
      for (const { claim, verdict, reason, effects } of claims) {
        assert.notEqual(verdict, 'NOT TESTED', `${claim}: ${reason}`);
        const [effect] = effects;
        assert.ok(effect !== undefined && effect.pairs >= PAIRS_NEEDED, `${claim}: ${reason}`);
      }
    });
});
