import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { until } from '../behaviour/until.js';
import { STANDIN } from '../conformance/standin-program.js';
import { linearModel } from './linear-model.js';
import { modelStore } from './model-store.js';
import { startStandin } from './standin-process.js';

const LAUNCHER = fileURLToPath(
  new URL('../bin/tfserving-standin', import.meta.resolve('@serving-study/tfserving-standin')),
);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(command: string, ...args: string[]): Promise<Ended> {
  try {
    return { code: 0, ...(await promisify(execFile)(command, args)) };
  } catch (error) {
    return error as Ended;
  }
}

test('says its own name and the release of TensorFlow, and which flags it knows', async () => {
  const version = await run(LAUNCHER, '--version');
  assert.equal(version.code, 0);
  assert.match(version.stdout, /^tfserving-standin: \d+\.\d+\.\d+\nTensorFlow Library: \d+\.\d+\.\d+\n$/);
  const help = await run(LAUNCHER, '--help');
  assert.equal(help.code, 0);
  assert.match(help.stdout, /^usage: tfserving-standin\n[^]*--model_config_file=""/);
});

test('says what it is to whoever asks at a path of its own', async () => {
  await using store = await modelStore();
  await store.publish('m', 1, linearModel(1));
  await using server = await startStandin(['--model_name=m', `--model_base_path=${store.path('m')}`]);
  const own = await fetch(`${server.rest}/tfserving-standin`);
  assert.equal(own.status, 200);
  assert.equal(own.headers.get('server'), 'tfserving-standin');
  assert.match(await own.text(), /"tfserving-standin".*not TensorFlow Serving/);
  const api = await fetch(`${server.rest}/v1/models/m`);
  assert.equal(api.headers.get('server'), null);
  assert.equal((await fetch(`${server.rest}/tfserving-standin/`)).status, 404);
});

test('refuses unknown flags and flags that do not go together, with 255 and every reason', async () => {
  const [command, main] = [STANDIN.command, STANDIN.leading[0] ?? ''];
  const unknown = await run(command, main, '--modle_name=m', '--enable_batching=maybe');
  assert.equal(unknown.code, 255);
  assert.match(
    unknown.stdout,
    /^unknown argument: --modle_name=m\nCouldn't interpret value maybe for flag enable_batching.\nusage: /,
  );
  const nothing = await run(command, main);
  assert.equal(nothing.code, 255);
  assert.match(
    nothing.stdout,
    /Failed to start server. Error: INVALID_ARGUMENT: Both server_options.model_base_path and/,
  );
});

test(
  'runs with a thread for every request that may run, however it is started',
  { skip: process.platform === 'linux' ? false : 'reads the environment of a process from /proc' },
  async () => {
    await using store = await modelStore();
    await store.publish('m', 1, linearModel(1));
    const flags = [
      '--model_name=m',
      `--model_base_path=${store.path('m')}`,
      '--grpc_max_threads=5',
      '--rest_api_num_threads=7',
    ];
    const environment = async (env: NodeJS.ProcessEnv): Promise<string[]> => {
      await using server = await startStandin(flags, env);
      return (await readFile(`/proc/${server.pid}/environ`, 'utf8')).split('\0');
    };
    assert.ok((await environment({})).includes('UV_THREADPOOL_SIZE=20'));
    assert.ok((await environment({ UV_THREADPOOL_SIZE: '9' })).includes('UV_THREADPOOL_SIZE=9'));
  },
);

test('says where it listens in the words that clients of the real server wait for', async () => {
  await using store = await modelStore();
  await store.publish('m', 1, linearModel(1));
  await using server = await startStandin(['--model_name=m', `--model_base_path=${store.path('m')}`]);
  // Its ports are open before it says so.
  for (const line of [
    /I tfserving-standin\] Running gRPC ModelServer at 0\.0\.0\.0:\d+ \.\.\.\n/,
    /I tfserving-standin\] Exporting HTTP\/REST API at:localhost:\d+ \.\.\.\n/,
  ])
    await until(() => line.test(server.output()), `a line that reads ${line.source}`);
});
