import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { readKnownDifferences } from './known-differences.js';
import { OWN_RECORDINGS } from './own-recordings.js';
import { loadRecordings, type Recordings } from './recordings.js';
import { replay, type Way } from './replay.js';
import type { Outcome } from './replay-vectors.js';
import { reportOf } from './report.js';
import { STANDIN } from './standin-program.js';

/** Configurations at the same time: enough to overlap their waits, few enough for two CPUs. */
const PARALLEL = 3;

const WAYS: readonly { readonly way: Way; readonly says: string; readonly differences: string }[] = [
  {
    way: 'direct',
    says: 'the stand-in answers, starts and changes versions as recorded',
    differences: 'known-differences.json',
  },
  {
    way: 'grpc',
    says: 'through the proxy over gRPC a client sees the same statuses, texts and values',
    differences: 'known-differences-proxy-grpc.json',
  },
  {
    way: 'rest',
    says: 'through the proxy over REST a client sees the same statuses, texts and values',
    differences: 'known-differences-proxy-rest.json',
  },
];

describe('conformance with recordings of TensorFlow Serving 2.20', () => {
  let recordings: Recordings;
  let outcomes: ReadonlyMap<Way, readonly Outcome[]>;

  before(async () => {
    recordings = await loadRecordings(OWN_RECORDINGS);
    const known = await readKnownDifferences(`${OWN_RECORDINGS}/known-differences.json`, recordings);
    const ways = WAYS.map(({ way }) => way);
    outcomes = await replay({ recordings, program: STANDIN, parallel: PARALLEL, known, ways });
  });

  for (const { way, says, differences } of WAYS)
    it(says, async (t) => {
      const known = await readKnownDifferences(`${OWN_RECORDINGS}/${differences}`, recordings);
      const { text, failures } = reportOf(outcomes.get(way) ?? [], known);
      for (const line of text.split('\n')) t.diagnostic(line);
      assert.ok((outcomes.get(way)?.length ?? 0) > 0);
      assert.deepEqual(failures, []);
    });
});
