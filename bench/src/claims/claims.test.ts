import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANALYSES } from '../experiments/analyses.js';
import { EXPERIMENTS } from '../experiments/index.js';
import { CLAIMS } from './index.js';

describe('claims', () => {
  it('have ids of their own and an experiment that exists', () => {
    assert.equal(new Set(CLAIMS.map(({ id }) => id)).size, CLAIMS.length);
    const experiments = new Set(EXPERIMENTS.map(({ id }) => id));
    for (const { id, experiment } of CLAIMS)
      assert.ok(experiments.has(experiment), `${id} names the experiment ${experiment}, which does not exist`);
  });

  it('have experiments that are planned and read under the same ids, in the same order', () => {
    assert.deepEqual(
      ANALYSES.map(({ id }) => id),
      EXPERIMENTS.map(({ id }) => id),
    );
  });
});
