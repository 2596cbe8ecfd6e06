import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { until } from '../behaviour/until.js';
import { linearModel } from './linear-model.js';
import { modelStore } from './model-store.js';
import { grpcClient, restClient } from './prediction-client.js';
import { startStandin } from './standin-process.js';
import { versionStates } from './version-states.js';

/** A model that takes as long to answer as it is told. */
const SLOW = new URL('../../conformance/models/slow/1/saved_model.pb', import.meta.url);

test('requests in flight finish on the old version, which lives until then', async () => {
  await using store = await modelStore();
  await store.publish('m', 1, await readFile(SLOW));
  await using server = await startStandin(['--model_name=m', `--model_base_path=${store.path('m')}`]);
  const client = grpcClient(server.grpc);
  try {
    const inFlight = client.predict('m', [8000], { signature: 'sleep_ms', version: 1 });
    await store.publish('m', 2, linearModel(7));
    await until(async () => (await client.predict('m', [2])).version === 2, 'version 2 to answer');
    assert.equal(await versionStates(server.rest, 'm'), '2 LOADING, 1 AVAILABLE');
    assert.deepEqual(await inFlight, { values: [8000], version: 1 });
    await until(async () => (await versionStates(server.rest, 'm')) === '2 AVAILABLE, 1 END', 'version 1 to go');
    await assert.rejects(client.predict('m', [1], { version: 1 }), /NOT_FOUND: Servable not found.*Specific\(m, 1\)/);
  } finally {
    client.close();
  }
});

test('SIGTERM lets the requests under way finish, takes no new ones, and ends with 0', async () => {
  await using store = await modelStore();
  await store.publish('m', 1, await readFile(SLOW));
  // room for one gRPC call at a time: a second one is refused as soon as the first is under way
  const flags = ['--model_name=m', `--model_base_path=${store.path('m')}`, '--grpc_max_threads=2'];
  await using server = await startStandin(flags);
  const [grpc, rest] = [grpcClient(server.grpc), restClient(server.rest)];
  const idle = connect(Number(new URL(server.rest).port), '127.0.0.1');
  await once(idle, 'connect');
  try {
    const slow = { signature: 'sleep_ms', version: 1 };
    const overRest = rest.predict('m', [10_000], slow);
    // version 2 serves but is not AVAILABLE: a request of version 1 is under way
    await store.publish('m', 2, linearModel(7));
    await until(async () => (await grpc.predict('m', [2], {}).catch(() => undefined))?.version === 2, 'version 2');
    assert.equal(await versionStates(server.rest, 'm'), '2 LOADING, 1 AVAILABLE');
    const overGrpc = grpc.predict('m', [6000], slow);
    await until(
      () =>
        grpc.predict('m', [2]).then(
          () => false,
          (error: unknown) => String(error).includes('Server Threadpool Exhausted'),
        ),
      'the gRPC call to be under way',
    );
    server.signal('SIGTERM');
    await until(
      () =>
        fetch(server.rest).then(
          () => false,
          () => true,
        ),
      'the port to close',
    );
    assert.deepEqual([(await overRest).values, (await overGrpc).values], [[10_000], [6000]]);
    assert.equal(await server.ended, 0);
    assert.match(server.output(), /I tfserving-standin\] SIGTERM: no new requests; finishing those under way/);
  } finally {
    grpc.close();
    idle.destroy();
  }
});
