import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tableFromSamples, type SampleTable } from '../samples/index.js';
import { aSample } from '../stats/testing/a-trial.js';
import { failures, boundMs, tailMs } from './observed-latency.js';

/** `answered` requests of 1, 2, 3 ... ms, and others that failed. */
function load(answered: number, failed = 0): SampleTable {
  return tableFromSamples([
    ...Array.from({ length: answered }, (_, i) => aSample({ doneAtNs: (i + 1) * 1e6 })),
    ...Array.from({ length: failed }, () => aSample({ outcome: 'timeout' })),
  ]);
}

it('takes percentiles over all loads together, failed requests counting as never answered', () => {
  assert.equal(tailMs([load(100)], 0.5), 50);
  assert.equal(tailMs([load(50), load(50)], 0.5), 25);
  assert.equal(tailMs([load(60, 40)], 0.5), 50);
  assert.equal(tailMs([load(60, 40)], 0.9), null);
  assert.equal(failures(load(60, 40)), 40);
});

it('bounds a percentile with 99% confidence, and not when failures are within the bound', () => {
  assert.equal(boundMs([load(100)], 0.5), 63);
  assert.equal(boundMs([load(60, 40)], 0.5), null);
  assert.equal(boundMs([load(10)], 0.5), null);
});

it('leaves the lag of the generator out of service times', () => {
  const late = tableFromSamples(
    Array.from({ length: 100 }, (_, i) => aSample({ sentAtNs: 50e6, doneAtNs: 50e6 + (i + 1) * 1e6 })),
  );
  assert.equal(tailMs([late], 0.5), 100);
  assert.equal(tailMs([late], 0.5, 'service'), 50);
  assert.equal(boundMs([late], 0.5, 'service'), 63);
});

it('gives no percentile that too few samples certify', () => {
  assert.equal(tailMs([load(10)], 0.5), null);
  assert.equal(tailMs([load(11)], 0.5), 6);
});
