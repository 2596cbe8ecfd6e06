import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isListening } from '../conformance/is-listening.js';
import { startStandin } from './contestants.js';
import { PROGRAMS } from './programs.js';
import { startService, type ServiceProcess } from './service-process.js';
import { until } from './until.js';

const MODELS = fileURLToPath(new URL('../../conformance/models/', import.meta.url));

async function predict(
  service: ServiceProcess,
  model: string,
  body: unknown,
): Promise<{ status: number; version: string | null; body: unknown }> {
  const response = await fetch(`${service.url}/v1/models/${model}:predict`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return { status: response.status, version: response.headers.get('x-model-version'), body: await response.json() };
}

async function isBusy(service: ServiceProcess): Promise<boolean> {
  const page = await fetch(`${service.url}/metrics`);
  return (await page.text()).includes('study_requests_in_flight 1');
}

/** Runs a program that is expected to end by itself. */
async function runToEnd(
  program: string,
  env: Record<string, string>,
): Promise<{ status: number | null; stderr: string; stdout: string }> {
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env['PATH'], TF_CPP_MIN_LOG_LEVEL: '3', ...env },
  });
  let stderr = '';
  let stdout = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  await once(child, 'close');
  return { status: child.exitCode, stderr, stdout };
}

/** A model folder to which versions can be added while it is served. */
class ModelFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'service-life-'));

  publish(version: number): void {
    cpSync(`${MODELS}half_plus_two/${version}`, join(this.path, 'incoming'), { recursive: true });
    renameSync(join(this.path, 'incoming'), join(this.path, String(version)));
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** Asks without a pause until told to stop; every answer has to fit the version that it claims. */
function askConstantly(service: ServiceProcess): { stop(): Promise<{ answers: number; versions: Set<string> }> } {
  let stopped = false;
  let answers = 0;
  const versions = new Set<string>();
  const asking = Promise.all(
    Array.from({ length: 4 }, async () => {
      while (!stopped) {
        const { status, version, body } = await predict(service, 'm', { instances: [1] });
        assert.equal(status, 200, JSON.stringify(body));
        assert.deepEqual(body, { predictions: [version === '1' ? 2.5 : 12.5] });
        versions.add(version ?? '');
        answers += 1;
      }
    }),
  );
  return {
    async stop() {
      stopped = true;
      await asking;
      return { answers, versions };
    },
  };
}

describe('starting a service', () => {
  it('reports everything that is wrong with the environment at once, and exits with 2', async () => {
    const { status, stderr } = await runToEnd(PROGRAMS['flask-style'], { STUDY_PORT: 'eighty', STUDY_MODEL: 'm' });
    assert.equal(status, 2);
    for (const text of [
      'STUDY_PORT: must be a whole number',
      'STUDY_MODEL is not a setting',
      'STUDY_MODEL_NAME: must name the model',
      'STUDY_MODEL_BASE_PATH: must be',
    ])
      assert.ok(stderr.includes(text), stderr);
  });

  it('says what is wrong with a model folder, and exits with 1', async () => {
    const { status, stdout } = await runToEnd(PROGRAMS['flask-style'], {
      STUDY_MODEL_NAME: 'm',
      STUDY_MODEL_BASE_PATH: `${MODELS}empty`,
    });
    assert.equal(status, 1);
    assert.match(stdout, /has no version folder; it has: none/);
    const broken = await runToEnd(PROGRAMS['flask-style'], {
      STUDY_MODEL_NAME: 'm',
      STUDY_MODEL_BASE_PATH: `${MODELS}broken`,
    });
    assert.equal(broken.status, 1);
    assert.match(broken.stdout, /could not start/);
  });

  it('says when its port is taken', async () => {
    await using first = await startService(PROGRAMS.proxy, {});
    const { status, stdout } = await runToEnd(PROGRAMS.proxy, { STUDY_PORT: new URL(first.url).port });
    assert.equal(status, 1);
    assert.match(stdout, /EADDRINUSE/);
    await first.stop();
  });
});

describe('stopping a service', () => {
  it('finishes what is in flight, takes nothing new, and exits with 0', async () => {
    await using server = await startStandin({ name: 'slow', basePath: `${MODELS}slow` });
    await using proxy = await startService(PROGRAMS.proxy, {
      STUDY_TFSERVING_GRPC: `${server.host}:${server.grpcPort}`,
    });
    await using session = await startService(PROGRAMS['flask-style session'], {
      STUDY_MODEL_NAME: 'slow',
      STUDY_MODEL_BASE_PATH: `${MODELS}slow`,
    });
    for (const service of [proxy, session]) {
      await predict(service, 'slow', { instances: [1] }); // the first request connects and warms up
      const inFlight = predict(service, 'slow', { signature_name: 'sleep_ms', instances: [3000] });
      await until(() => isBusy(service), 'the request is in flight');
      const exit = service.stop();
      await service.logged('draining');
      const port = Number(new URL(service.url).port);
      await until(async () => !(await isListening('127.0.0.1', port)), 'nothing new is taken');
      assert.deepEqual((await inFlight).body, { predictions: [3000] });
      assert.equal(await exit, 0);
    }
  });

  it('cuts what is not finished at the limit', async () => {
    await using server = await startStandin({ name: 'slow', basePath: `${MODELS}slow` });
    await using proxy = await startService(PROGRAMS.proxy, {
      STUDY_TFSERVING_GRPC: `${server.host}:${server.grpcPort}`,
      STUDY_DRAIN_LIMIT_MS: '100',
    });
    const cut = assert.rejects(predict(proxy, 'slow', { signature_name: 'sleep_ms', instances: [60_000] }));
    await until(() => isBusy(proxy), 'the request is in flight');
    assert.equal(await proxy.stop(), 0);
    await cut;
  });
});

describe('a new version', () => {
  it('is taken by workers that are replaced one by one (SIGHUP), and no request fails', async () => {
    using folder = new ModelFolder();
    folder.publish(1);
    await using service = await startService(PROGRAMS['flask-style processes'], {
      STUDY_MODEL_NAME: 'm',
      STUDY_MODEL_BASE_PATH: folder.path,
      STUDY_PROCESSES: '2',
    });
    const asking = askConstantly(service);
    folder.publish(2);
    const replaced = service.logged('workers replaced');
    service.signal('SIGHUP');
    await replaced;
    await until(async () => (await predict(service, 'm', { instances: [1] })).version === '2', 'version 2 answers');
    const { versions } = await asking.stop();
    assert.deepEqual([...versions].sort(), ['1', '2']);
    assert.equal(await service.stop(), 0);
  });

  it('that does not load leaves the workers serving, and the next one is taken', async () => {
    using folder = new ModelFolder();
    folder.publish(1);
    await using service = await startService(PROGRAMS['flask-style processes'], {
      STUDY_MODEL_NAME: 'm',
      STUDY_MODEL_BASE_PATH: folder.path,
      STUDY_PROCESSES: '2',
    });
    const asking = askConstantly(service);
    cpSync(`${MODELS}broken/2`, join(folder.path, '7'), { recursive: true });
    const failed = service.logged('no worker started; trying again');
    service.signal('SIGHUP');
    await failed;
    assert.equal((await predict(service, 'm', { instances: [1] })).version, '1');
    const replaced = service.logged('workers replaced');
    rmSync(join(folder.path, '7'), { recursive: true });
    folder.publish(2);
    await replaced;
    assert.equal((await predict(service, 'm', { instances: [1] })).version, '2');
    const { versions } = await asking.stop();
    assert.deepEqual([...versions].sort(), ['1', '2']);
    assert.equal(await service.stop(), 0);
  });

  it('is taken by the hand-written reload, and no request fails', async () => {
    using folder = new ModelFolder();
    folder.publish(1);
    await using service = await startService(PROGRAMS['flask-style reload'], {
      STUDY_MODEL_NAME: 'm',
      STUDY_MODEL_BASE_PATH: folder.path,
      STUDY_RELOAD_POLL_MS: '50',
    });
    const asking = askConstantly(service);
    await until(async () => (await predict(service, 'm', { instances: [1] })).version === '1', 'version 1 answers');
    const replaced = service.logged('model replaced');
    folder.publish(2);
    await replaced;
    assert.equal((await predict(service, 'm', { instances: [1] })).version, '2');
    const { versions } = await asking.stop();
    assert.deepEqual([...versions].sort(), ['1', '2']);
    await service.stop();
  });

  it('that does not load leaves the present one serving', async () => {
    using folder = new ModelFolder();
    folder.publish(1);
    await using service = await startService(PROGRAMS['flask-style reload'], {
      STUDY_MODEL_NAME: 'm',
      STUDY_MODEL_BASE_PATH: folder.path,
      STUDY_RELOAD_POLL_MS: '50',
    });
    const noticed = service.logged('the model was not replaced');
    cpSync(`${MODELS}broken/2`, join(folder.path, '7'), { recursive: true });
    await noticed;
    assert.equal((await predict(service, 'm', { instances: [1] })).version, '1');
    await service.stop();
  });
});

it('a worker process that dies is replaced, as soon as one starts', async () => {
  using folder = new ModelFolder();
  folder.publish(1);
  await using service = await startService(PROGRAMS['flask-style processes'], {
    STUDY_MODEL_NAME: 'm',
    STUDY_MODEL_BASE_PATH: folder.path,
    STUDY_PROCESSES: '2',
  });
  const workers = (): number[] =>
    service.log
      .filter((line) => line.includes('worker listening'))
      .map((line) => (JSON.parse(line) as { pid: number }).pid);
  await until(() => workers().length === 2, 'both workers say that they listen');
  renameSync(join(folder.path, '1'), join(folder.path, 'away'));
  const failed = service.logged('no worker started; trying again');
  process.kill(workers()[0] ?? 0, 'SIGKILL');
  await failed;
  const replaced = service.logged('worker listening');
  renameSync(join(folder.path, 'away'), join(folder.path, '1'));
  await replaced;
  assert.equal((await predict(service, 'm', { instances: [1] })).status, 200);
  assert.equal(await service.stop(), 0);
});
