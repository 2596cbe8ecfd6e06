import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Findings } from '../../analysis/findings.js';
import { emptyResults } from '../../report/fixture/fixture-results.js';
import { summariseCell } from '../../stats/index.js';
import { aCell, aSample, aTrial } from '../../stats/testing/a-trial.js';
import { concurrencyAnalysis } from './analysis.js';

const LOOP = { kind: 'open', arrivals: 'poisson', ratePerS: 100 } as const;

/** A trial of a second with 100 right answers, `late` of which take 60 ms. */
function trial(block: number, late: number, cpuShare = 0.1) {
  const samples = Array.from({ length: 100 }, (_, i) => {
    const intendedAtNs = i * 10e6;
    return aSample({ intendedAtNs, doneAtNs: intendedAtNs + (i < late ? 60e6 : 10e6) });
  });
  const generator = { lagP50Ms: 0, lagP99Ms: 0, lagMaxMs: 0, cpuShare, dropped: 0 };
  return aTrial(samples, { id: `cell#${block}`, block, generator });
}

async function openTable(...trials: readonly ReturnType<typeof trial>[]) {
  const result = summariseCell(aCell(LOOP, { experiment: 'concurrency' }), trials);
  const { study } = emptyResults();
  const findings = new Findings(
    study,
    [result],
    trials.map(({ record }) => record),
    ({ id }) => {
      const found = trials.find(({ record }) => record.id === id);
      assert.ok(found);
      return Promise.resolve(found.samples);
    },
  );
  const { tables } = await concurrencyAnalysis.analyse(findings);
  const [table] = tables;
  assert.ok(table);
  const at = table.columns.findIndex(({ name }) => name === 'goodput/s (50 ms)');
  return { table, goodput: table.rows[0]?.[at] };
}

describe('the open loop', () => {
  it('shows goodput: what came in time, per second, mean of the trials', async () => {
    const { table, goodput } = await openTable(trial(0, 10), trial(1, 30));
    assert.equal(goodput, 80);
    assert.match(table.note ?? '', /within 50 ms of the intended instant/);
  });

  it('leaves out the trials that the cell leaves out', async () => {
    const { goodput } = await openTable(trial(0, 10), trial(1, 10), trial(2, 90, 0.95));
    assert.equal(goodput, 90);
  });
});
