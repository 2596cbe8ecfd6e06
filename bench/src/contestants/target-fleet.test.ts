import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { modelsServed, parseTargets } from './target-fleet.js';

describe('the models that targets serve', () => {
  let server: Server;
  let url = '';
  before(async () => {
    server = createServer((request, response) => {
      const known = request.url === '/v1/models/fashion-cnn';
      response.statusCode = known ? 200 : 404;
      response.end(JSON.stringify(known ? { model_version_status: [{ version: '2', state: 'AVAILABLE' }] } : {}));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  const served = async (targets: string): Promise<string[]> => [
    ...(await modelsServed(parseTargets(targets), ['fashion-cnn', 'resnet50', 'fashion-cnn'])),
  ];

  it('are those that one of them says are AVAILABLE', async () => {
    assert.deepEqual(await served(`flask-style=${url},proxy-grpc=http://127.0.0.1:1`), ['fashion-cnn']);
    assert.deepEqual(await served('flask-style=http://127.0.0.1:1'), []);
  });

  it('may be any where one of them speaks gRPC', async () => {
    assert.deepEqual(await served(`flask-style=${url},direct-grpc=127.0.0.1:1`), ['fashion-cnn', 'resnet50']);
  });
});
