import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linearModel } from './linear-model.js';
import { modelStore } from './model-store.js';
import { grpcClient, restClient } from './prediction-client.js';
import { startStandin } from './standin-process.js';

const REQUESTS = 2000;
const WORKERS = 16;

test('batches form under concurrent load, everyone gets their own rows, and the metrics show it', async () => {
  await using store = await modelStore();
  await store.publish('m', 1, linearModel(3));
  const batching = await store.write(
    'batching.pbtxt',
    'max_batch_size { value: 64 } batch_timeout_micros { value: 2000 } num_batch_threads { value: 1 }',
  );
  const monitoring = await store.write('monitoring.pbtxt', 'prometheus_config { enable: true path: "/metrics" }');
  await using server = await startStandin([
    '--model_name=m',
    `--model_base_path=${store.path('m')}`,
    '--enable_batching',
    `--batching_parameters_file=${batching}`,
    `--monitoring_config_file=${monitoring}`,
    '--grpc_max_threads=64',
    '--rest_api_num_threads=64',
  ]);
  const clients = [grpcClient(server.grpc), restClient(server.rest)];
  let sent = 0;
  const drive = async (worker: number): Promise<void> => {
    const client = clients[worker % clients.length];
    while (client !== undefined && sent < REQUESTS) {
      sent += 1;
      const x = Array.from({ length: 1 + (sent % 3) }, (_, row) => (sent * 10 + row) % 1000);
      assert.deepEqual(
        (await client.predict('m', x)).values,
        x.map((value) => 0.5 * value + 3),
      );
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => drive(worker)));
  for (const client of clients) client.close();
  const valueOf = await batchingMetrics(server.rest);
  const batches = valueOf('wrapped_run_count{}');
  assert.equal(valueOf('input_batch_size_count{}'), sent);
  assert.equal(valueOf('queuing_latency_count{thread_pool_name=""}'), sent);
  assert.equal(valueOf('processed_batch_size_count{}'), batches);
  assert.equal(valueOf('processed_batch_size_sum{}'), valueOf('input_batch_size_sum{}'));
  assert.ok(batches < sent / 2, `${batches} batches for ${sent} requests`);
});

test('with parameters per model, only versions that bring some are batched', async () => {
  await using store = await modelStore();
  await store.publish('batched', 1, linearModel(1));
  await store.write('batched/1/batching_params.pbtxt', 'max_batch_size { value: 2 }');
  await store.publish('plain', 1, linearModel(1));
  const entry = (name: string): string =>
    `config { name: "${name}" base_path: "${store.path(name)}" model_platform: "tensorflow" }`;
  const models = await store.write('models.pbtxt', `model_config_list { ${entry('batched')} ${entry('plain')} }`);
  const monitoring = await store.write('monitoring.pbtxt', 'prometheus_config { enable: true path: "/metrics" }');
  await using server = await startStandin([
    `--model_config_file=${models}`,
    '--enable_batching',
    '--enable_per_model_batching_parameters',
    `--monitoring_config_file=${monitoring}`,
  ]);
  const client = restClient(server.rest);
  assert.equal((await client.predict('plain', [1, 2, 3])).values.length, 3);
  await assert.rejects(client.predict('batched', [1, 2, 3]), /Task size 3 is larger than maximum input batch size 2/);
  assert.equal((await client.predict('batched', [1, 2])).values.length, 2);
  assert.equal((await batchingMetrics(server.rest))('input_batch_size_count{}'), 2);
});

/** Reads the metrics page; answers samples of the batching session by name and labels. */
async function batchingMetrics(url: string): Promise<(sample: string) => number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return (sample) => {
    const line = page.split('\n').find((each) => each.startsWith(`:tensorflow:serving:batching_session:${sample} `));
    assert.ok(line, `no ${sample} in ${page}`);
    return Number(line.slice(line.lastIndexOf(' ')));
  };
}
