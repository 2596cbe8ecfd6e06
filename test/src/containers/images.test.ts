import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { GenericContainer, Network, Wait, type StartedTestContainer } from 'testcontainers';
import { BODY } from './constant-load.js';
import { environment, PROJECT, SKIP } from './docker.js';

const { TFSERVING_IMAGE = '', STUDY_USER = '' } = environment();
const START_LIMIT_MS = 120_000;
const MODEL = { source: join(PROJECT, 'models', 'fashion-cnn'), target: '/models/fashion-cnn', mode: 'ro' } as const;

function container(image: string, port: number, path: string): GenericContainer {
  return new GenericContainer(image)
    .withUser(STUDY_USER)
    .withExposedPorts(port)
    .withWaitStrategy(Wait.forHttp(path, port).forStatusCode(200))
    .withStartupTimeout(START_LIMIT_MS);
}

async function assertPredicts(server: StartedTestContainer, port: number): Promise<void> {
  const url = `http://${server.getHost()}:${server.getMappedPort(port)}/v1/models/fashion-cnn:predict`;
  const answer = await fetch(url, { method: 'POST', body: BODY });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  assert.equal((JSON.parse(text) as { predictions: number[][] }).predictions[0]?.length, 10);
}

describe('an image by itself, without compose', { skip: SKIP }, () => {
  it('of the Flask style serves the model that is mounted', async () => {
    await using server = await container('serving-study/flask-style-server', 8601, '/readyz')
      .withBindMounts([MODEL])
      .start();
    await assertPredicts(server, 8601);
  });

  it('of the real Flask serves the model that is mounted', async () => {
    await using server = await container('serving-study/flask-control', 8603, '/healthz')
      .withBindMounts([MODEL])
      .start();
    await assertPredicts(server, 8603);
  });

  it('of TensorFlow Serving serves MODEL_NAME, and that of the proxy stands in front of it', async () => {
    await using network = await new Network().start();
    await using serving = await container(TFSERVING_IMAGE, 8501, '/v1/models/fashion-cnn')
      .withBindMounts([MODEL])
      .withEnvironment({ MODEL_NAME: 'fashion-cnn' })
      .withNetwork(network)
      .withNetworkAliases('tfserving')
      .start();
    await assertPredicts(serving, 8501);
    await using proxy = await container('serving-study/tfserving-proxy', 8602, '/readyz')
      .withEnvironment({ STUDY_TFSERVING_GRPC: 'tfserving:8500', STUDY_TFSERVING_REST: 'http://tfserving:8501' })
      .withNetwork(network)
      .start();
    await assertPredicts(proxy, 8602);
  });
});
