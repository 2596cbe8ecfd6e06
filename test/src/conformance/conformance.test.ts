import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { readKnownDifferences } from './known-differences.js';
import { OWN_RECORDINGS } from './own-recordings.js';
import { loadRecordings } from './recordings.js';
import { replay } from './replay.js';
import { reportOf } from './report.js';
import { STANDIN } from './standin-program.js';

/** Configurations at the same time: enough to overlap their waits, few enough for two CPUs. */
const PARALLEL = 3;

async function check(t: TestContext, throughProxy?: 'grpc' | 'rest'): Promise<void> {
  const recordings = await loadRecordings(OWN_RECORDINGS);
  const list = throughProxy === undefined ? 'known-differences.json' : `known-differences-proxy-${throughProxy}.json`;
  const known = await readKnownDifferences(`${OWN_RECORDINGS}/${list}`, recordings);
  const options = { recordings, program: STANDIN, parallel: PARALLEL, known };
  const outcomes = await replay(throughProxy === undefined ? options : { ...options, throughProxy });
  const { text, failures } = reportOf(outcomes, known);
  for (const line of text.split('\n')) t.diagnostic(line);
  assert.deepEqual(failures, []);
}

describe('conformance with recordings of TensorFlow Serving 2.20', () => {
  it('the stand-in answers, starts and changes versions as recorded', (t) => check(t));
  it('through the proxy over gRPC a client sees the same statuses, texts and values', (t) => check(t, 'grpc'));
  it('through the proxy over REST a client sees the same statuses, texts and values', (t) => check(t, 'rest'));
});
