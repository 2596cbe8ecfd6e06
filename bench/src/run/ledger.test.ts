import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { launch } from '../process/index.js';
import { aRun, RIGHT } from './testing/a-run.js';
import { SmallFleet } from './testing/small-fleet.js';
import { fairnessLedger } from './ledger.js';
import type { Generator } from '../load/index.js';

describe('the ledger', () => {
  it('has the threads that a server gives its workers, and no batching of who is not TensorFlow Serving', async () => {
    const server = launch({
      name: 'it',
      command: 'sh',
      args: ['-c', 'STUDY_INTRA_OP_THREADS=3 sleep 1000 & echo up; wait'],
      env: { STUDY_INTER_OP_THREADS: '0' },
    });
    try {
      await server.waitForLine((line) => (line === 'up' ? true : undefined), 20_000);
      const fleet = new SmallFleet({ 'flask-processes': RIGHT });
      await using test = await aRun({} as Generator, fleet, {});
      const { keeper, zoo, ledgerFacts } = test.run;
      const found = await fleet.instance('flask-processes', {
        model: 'tiny',
        modelVersion: 1,
        modelBasePath: '',
        factors: {},
      });
      const instance = { ...found, processes: [{ name: 'it', pid: server.pid }] };
      const rows = fairnessLedger({
        instance,
        golden: await zoo.golden('tiny', 1),
        request: { batch: 1, payload: 'json' },
        plan: keeper.record.plan,
        floors: [],
        closes: undefined,
        ...ledgerFacts(instance),
      });
      const valueOf = (name: string): string | undefined =>
        rows.find(({ property }) => property === name)?.values['flask-processes'];
      assert.deepEqual(['intra-op threads', 'inter-op threads', 'server-side batching'].map(valueOf), [
        '3',
        'automatic',
        undefined,
      ]);
    } finally {
      await server.stop();
    }
  });
});
