import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../behaviour/until.js';
import { linearModel } from './linear-model.js';
import { modelStore } from './model-store.js';
import { grpcClient, restClient, type PredictionClient } from './prediction-client.js';
import { startStandin } from './standin-process.js';
import { versionStates } from './version-states.js';

const SWAPS = 20;
const LEAST_REQUESTS = 10_000;
const WORKERS_PER_API = 4;
const ROWS = 5;

/** Version v answers 0.5 * x + 1000 * v. */
const addendOf = (version: number): number => 1000 * version;

test('swapping versions under load loses no request and mixes no versions', async () => {
  await using store = await modelStore();
  await store.publish('m', 1, linearModel(addendOf(1)));
  await using server = await startStandin([`--model_name=m`, `--model_base_path=${store.path('m')}`]);
  const clients = [grpcClient(server.grpc), restClient(server.rest)];
  const tally = { requests: 0 };
  const published = { oldest: 1, newest: 1 };
  const stop = new AbortController();
  const workers = clients.flatMap((client) =>
    Array.from({ length: WORKERS_PER_API }, (_, at) => drive(client, at, published, tally, stop.signal)),
  );
  try {
    for (let version = 2; version <= SWAPS + 1; version += 1) {
      published.newest = version;
      await store.publish('m', version, linearModel(addendOf(version)));
      const wanted = `${version} AVAILABLE, ${version - 1} END`;
      await until(async () => (await versionStates(server.rest, 'm')).startsWith(wanted), wanted);
      published.oldest = version;
      await store.withdraw('m', version - 1);
    }
    await until(() => tally.requests >= LEAST_REQUESTS, `${LEAST_REQUESTS} requests`);
  } finally {
    stop.abort();
    await Promise.all(workers);
    for (const client of clients) client.close();
  }
});

/** One client that asks again and again, and checks every answer against the version it claims. */
async function drive(
  client: PredictionClient,
  worker: number,
  published: { readonly oldest: number; readonly newest: number },
  tally: { requests: number },
  stop: AbortSignal,
): Promise<void> {
  for (let round = 0; !stop.aborted; round += 1) {
    const x = Array.from({ length: ROWS }, (_, row) => (worker * 31 + round * 7 + row) % 100);
    const { oldest } = published;
    const { values, version } = await client.predict('m', x);
    const { newest } = published;
    const versions = new Set(values.map((value, row) => (value - 0.5 * (x[row] ?? 0)) / addendOf(1)));
    const [answered = NaN] = versions;
    const seen = `x ${x.join()} -> ${values.join()} from version ${version ?? 'not said'}`;
    assert.equal(values.length, ROWS, seen);
    assert.equal(versions.size, 1, `rows of several versions: ${seen}`);
    assert.ok(Number.isInteger(answered) && answered >= oldest && answered <= newest, `version ${answered}: ${seen}`);
    if (version !== undefined) assert.equal(answered, version, seen);
    tally.requests += 1;
  }
}
