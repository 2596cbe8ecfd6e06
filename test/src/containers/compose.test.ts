import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DockerComposeEnvironment, Wait, type StartedDockerComposeEnvironment } from 'testcontainers';
import { until } from '../behaviour/until.js';

const run = promisify(execFile);

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
const IMAGE = process.env['TFSERVING_IMAGE'] ?? 'serving-study/tfserving-standin';
const SERVICES = ['flask-style-server', 'tfserving', 'tfserving-proxy'];
const UP_LIMIT_MS = 240_000;
/** A proxy finds out within this time that its upstream answers nobody. */
const NOTICE_LIMIT_MS = 15_000;
const RECOVERY_LIMIT_MS = 60_000;

const skip =
  process.env['STUDY_TEST_CONTAINERS'] === undefined &&
  'needs a container engine and minutes to build images: npm run test:containers';

const BODY = JSON.stringify({ instances: [Array.from({ length: 28 }, () => Array.from({ length: 28 }, () => [0.5]))] });

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function docker(...args: readonly string[]): Promise<string> {
  return (await run('docker', args)).stdout.trim();
}

async function predict(url: string): Promise<Answer> {
  const answer = await fetch(`${url}/v1/models/fashion-cnn:predict`, { method: 'POST', body: BODY });
  return { status: answer.status, text: await answer.text() };
}

for (const upstream of ['grpc', 'rest']) {
  describe(`docker compose up, the proxy by ${upstream}`, { skip }, () => {
    let environment: StartedDockerComposeEnvironment;
    let [flaskStyle, proxy] = ['', ''];
    const id = (service: string): string => environment.getContainer(`${service}-1`).getId();
    const ready = async (): Promise<boolean> => (await fetch(`${proxy}/readyz`)).ok;

    before(async () => {
      environment = await new DockerComposeEnvironment(PROJECT, 'docker-compose.yml')
        .withEnvironment({
          ...{ TFSERVING_IMAGE: IMAGE, STUDY_UPSTREAM: upstream },
          ...{ FLASK_STYLE_PORT: '0', PROXY_PORT: '0', TFSERVING_GRPC_PORT: '0', TFSERVING_REST_PORT: '0' },
        })
        .withDefaultWaitStrategy(Wait.forHealthCheck())
        .withStartupTimeout(UP_LIMIT_MS)
        .up(SERVICES);
      const url = (service: string, port: number): string =>
        `http://127.0.0.1:${environment.getContainer(`${service}-1`).getMappedPort(port)}`;
      flaskStyle = url('flask-style-server', 8601);
      proxy = url('tfserving-proxy', 8602);
    });
    after(async () => {
      const containers = SERVICES.map(id);
      await environment.down({ removeVolumes: true });
      const left = await docker('ps', '--all', '--no-trunc', '--format', '{{.ID}}');
      for (const each of containers) assert.ok(!left.includes(each), 'a container is left');
    });

    it('serves the same prediction from both, to this machine alone', async () => {
      const [own, fronted] = [await predict(flaskStyle), await predict(proxy)];
      assert.deepEqual([own.status, fronted.status], [200, 200]);
      const [left = [], right = []] = [own, fronted].map(
        ({ text }) => (JSON.parse(text) as { predictions: [number[]] }).predictions[0],
      );
      assert.equal(left.length, 10);
      left.forEach((value, index) => {
        assert.ok(Math.abs(value - (right[index] ?? Number.NaN)) < 1e-5);
      });
      for (const service of SERVICES)
        for (const line of (await docker('port', id(service))).split('\n')) assert.match(line, /-> 127\.0\.0\.1:/);
    });

    it('says within seconds that a paused TensorFlow Serving does not answer, and goes on when it does', async () => {
      await docker('pause', id('tfserving'));
      try {
        await until(async () => !(await ready()), 'the proxy noticed', NOTICE_LIMIT_MS);
      } finally {
        await docker('unpause', id('tfserving'));
      }
      await until(ready, 'the proxy is ready again', RECOVERY_LIMIT_MS);
      assert.equal((await predict(proxy)).status, 200);
    });

    it('answers 503 while TensorFlow Serving is down, and predicts again once it is back', async () => {
      await docker('kill', id('tfserving'));
      await until(async () => (await predict(proxy)).status === 503, 'a prediction failed', NOTICE_LIMIT_MS);
      assert.equal((await predict(flaskStyle)).status, 200);
      await docker('start', id('tfserving'));
      await until(async () => (await predict(proxy)).status === 200, 'predictions work again', RECOVERY_LIMIT_MS);
    });
  });
}
