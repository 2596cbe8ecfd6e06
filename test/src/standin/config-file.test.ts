import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../behaviour/until.js';
import { linearModel } from './linear-model.js';
import { modelStore } from './model-store.js';
import { grpcClient } from './prediction-client.js';
import { startStandin } from './standin-process.js';

test('follows its configuration file, and keeps serving when the file is broken', async () => {
  await using store = await modelStore();
  await store.publish('m', 1, linearModel(1));
  await store.publish('n', 4, linearModel(2));
  const entry = (name: string): string =>
    `config { name: "${name}" base_path: "${store.path(name)}" model_platform: "tensorflow" }`;
  const file = await store.write('models.pbtxt', `model_config_list { ${entry('m')} }`);
  await using server = await startStandin([`--model_config_file=${file}`, '--model_config_file_poll_wait_seconds=1']);
  const client = grpcClient(server.grpc);
  try {
    const serves = (name: string) => () =>
      client.predict(name, [2]).then(
        () => true,
        () => false,
      );
    assert.deepEqual(await client.predict('m', [2]), { values: [2], version: 1 });
    await store.write('models.pbtxt', `model_config_list { ${entry('m')} ${entry('n')} }`);
    await until(serves('n'), 'the model that was added');
    assert.deepEqual(await client.predict('n', [2]), { values: [3], version: 4 });
    await store.write('models.pbtxt', 'model_config_list { config { nme: "x" } }');
    await until(() => server.output().includes('has no field named "nme"'), 'the complaint about the file');
    assert.ok(await serves('m')());
    await store.write('models.pbtxt', `model_config_list { ${entry('n')} }`);
    await until(async () => !(await serves('m')()), 'the model that was taken out');
    assert.ok(await serves('n')());
  } finally {
    client.close();
  }
});
