import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { modelsNotServed, parseTargets } from './target-fleet.js';

describe('targets', () => {
  for (const [one, same] of [
    ['direct-grpc=localhost:8500', 'nginx-grpc=127.0.0.1:8500'],
    ['direct-grpc=[::1]:8500', 'nginx-grpc=LOCALHOST:8500'],
    ['flask-style=http://localhost:8501/a', 'direct-rest=http://127.0.0.1:8501/a'],
  ] as const)
    it(`are not compared with themselves: ${one}, ${same}`, () => {
      assert.throws(() => parseTargets(`${one},${same}`), /is not compared with itself/);
      assert.equal(parseTargets(`${one},${same.replace(/850\d/, '8600')}`).size, 2);
    });
});

describe('models that targets do not serve', () => {
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

  const missing = async (targets: string): Promise<string[]> =>
    (await modelsNotServed(parseTargets(targets), ['fashion-cnn', 'resnet50', 'fashion-cnn'])).map(
      ({ subject, reason }) => `${subject}: ${reason}`,
    );

  it('are those that none of them says are AVAILABLE, with what each says', async () => {
    const [first = '', ...more] = await missing(`flask-style=${url},proxy-grpc=http://127.0.0.1:1`);
    assert.match(first, /^resnet50: no target serves it: .*answered 404: \{\}; .*ECONNREFUSED/);
    assert.deepEqual(more, []);
    assert.equal((await missing('flask-style=http://127.0.0.1:1')).length, 2);
  });

  it('are told within seconds of one that takes connections and says nothing, or never ends what it says', async () => {
    const neverEnds = createServer((request, response) => {
      if (!request.url?.includes('fashion-cnn')) return;
      const timer = setInterval(() => response.write('{'), 1000);
      response.on('close', () => {
        clearInterval(timer);
      });
    }).listen(0, '127.0.0.1');
    await once(neverEnds, 'listening');
    const { port } = neverEnds.address() as AddressInfo;
    const told = await missing(`flask-style=http://127.0.0.1:${port}`);
    assert.equal(told.length, 2);
    for (const each of told) assert.match(each, /127\.0\.0\.1:\d+ did not answer within 10 s/);
    neverEnds.closeAllConnections();
    neverEnds.close();
  });

  it('are not known where one of them speaks gRPC', async () => {
    assert.deepEqual(await missing(`flask-style=${url},direct-grpc=127.0.0.1:1`), []);
  });
});
