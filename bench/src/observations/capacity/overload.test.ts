import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tableFromSamples } from '../../samples/index.js';
import { aSample } from '../../stats/testing/a-trial.js';
import { answeredBy, recoveredAfterMs } from './overload.js';

/** A request each 10 ms for 2 s; those of the first second wait longer and longer, until 600 ms after it. */
const samples = tableFromSamples(
  Array.from({ length: 200 }, (_, i) => {
    const intendedAtMs = 10 * i;
    const waitMs = intendedAtMs < 1000 ? intendedAtMs : Math.max(1, 1000 - (5 / 3) * (intendedAtMs - 1000));
    return aSample({ intendedAtNs: intendedAtMs * 1e6, doneAtNs: (intendedAtMs + waitMs) * 1e6 });
  }),
);

it('counts what is answered while the overload lasts, not what is answered at leisure behind it', () => {
  // Answered at twice the instant at which it was intended: those intended until 500 ms.
  assert.equal(answeredBy(samples, 1000), 51);
  assert.equal(answeredBy(samples, 10_000), 200);
});

it('says how long after the overload requests are within the limit again', () => {
  assert.equal(recoveredAfterMs(samples, 1000, 50), 570);
  assert.equal(recoveredAfterMs(samples, 1000, 0.5), null);
});
