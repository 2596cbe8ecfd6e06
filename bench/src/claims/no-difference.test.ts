import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Findings } from '../analysis/findings.js';
import type { Cell, CellResult, ModelFacts } from '../record/index.js';
import { aStudy } from '../record/testing/a-study.js';
import { summariseCell } from '../stats/index.js';
import { aCell, aSteadyTrial } from '../stats/testing/a-trial.js';
import { CLAIMS } from './index.js';

/** What the claim says of a numerator that takes this many times as long as the denominator. */
function verdictAt(claim: string, cells: readonly [Partial<Cell>, Partial<Cell>], ratio: number): string {
  const results = cells.map((told, i): CellResult => {
    const cell = aCell(undefined, { id: String(told.contestant), ...told });
    const trials = Array.from({ length: 6 }, (_, block) =>
      aSteadyTrial(i === 0 ? ratio : 1, { block, cell: cell.id, durationMs: 200 }),
    );
    return { ...summariseCell(cell, trials), valid: true };
  });
  const noSamples = (): Promise<never> => Promise.reject(new Error('claims read no samples'));
  const heavy = { name: 'cnn', flopsPerInstance: 1e9 } as ModelFacts;
  const found = CLAIMS.find(({ id }) => id === claim);
  assert.ok(found);
  return found.judge(new Findings(aStudy({ models: [heavy] }), results, [], noSamples)).verdict;
}

describe('a claim that there is no difference', () => {
  const far = {
    loop: { kind: 'closed', concurrency: 1 },
    model: 'cnn',
    modelVersion: 1,
    batch: 1,
    payload: 'json',
  } as const;
  const condition = { ...far, network: { rttMs: 100 } };
  for (const [claim, cells] of [
    [
      'heavy-model-hides-server',
      ['direct-rest', 'flask-style'].map((contestant) => ({ experiment: 'complexity', contestant })),
    ],
    [
      'distance-hides-server',
      ['proxy-grpc', 'flask-style'].map((contestant) => ({ experiment: 'network', contestant, condition })),
    ],
    ['express-stands-for-flask', ['flask-style', 'flask-control'].map((contestant) => ({ contestant }))],
  ] as const)
    it(`is not confirmed by a difference: ${claim}`, () => {
      const [own, other] = cells;
      assert.ok(own !== undefined && other !== undefined);
      assert.deepEqual(
        [0.3, 0.5, 1, 2].map((ratio) => verdictAt(claim, [own, other], ratio)),
        ['REFUTED', 'REFUTED', 'CONFIRMED', 'REFUTED'],
      );
    });
});
