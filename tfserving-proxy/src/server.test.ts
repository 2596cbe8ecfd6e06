import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import {
  createLogger,
  errorResponseSchema,
  loadConfig,
  parseServerTiming,
  SERVICE_SETTINGS,
  type Running,
} from '@serving-study/serving-kit';
import supertest from 'supertest';
import { PROXY_SETTINGS } from './config.js';
import { createUpstreams, serve } from './server.js';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('proxy app by REST', () => {
  const received: Received[] = [];
  /** A REST port that remembers what it got. */
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ method: request.method, url: request.url, headers: request.headers, body });
      response.writeHead(request.url?.includes('full') === true ? 503 : 200, {
        'content-type': 'application/json',
        'x-of-the-server': 'yes',
        connection: 'x-hop, keep-alive',
        'x-hop': '1',
      });
      response.end('{ "predictions" : [1.0e+00\n] }');
    });
  });
  let proxy: Running;
  let address: string;
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = loadConfig(
      { ...SERVICE_SETTINGS, ...PROXY_SETTINGS },
      { STUDY_UPSTREAM: 'rest', STUDY_TFSERVING_REST: origin, STUDY_BODY_LIMIT_BYTES: '1000' },
    );
    proxy = await serve(createUpstreams(config), config, createLogger('test', 'silent'));
    address = proxy.url;
  });
  after(async () => {
    await proxy.drain(0);
    server.close();
  });

  it('passes request and answer on byte for byte', async () => {
    const body = ' {"instances" : [ 1.50, 2e0 ]} trailing';
    const answer = await supertest(address)
      .post('/v1/models/a%20b:predict?x=%31')
      .set('content-type', 'text/odd')
      .set('origin', 'http://a.example')
      .send(body);
    assert.equal(answer.text, '{ "predictions" : [1.0e+00\n] }');
    const [{ method, url, headers, body: sent } = {}] = received.splice(0);
    assert.deepEqual([method, url, sent], ['POST', '/v1/models/a%20b:predict?x=%31', body]);
    assert.equal(headers?.['content-type'], 'text/odd');
    assert.equal(headers.origin, 'http://a.example');
  });

  it('keeps hop-by-hop headers to itself, both ways, and names itself in Via', async () => {
    const answer = await supertest(address)
      .post('/v1/models/m:predict')
      .set('connection', 'x-mine')
      .set('x-mine', '1')
      .set('te', 'trailers')
      .set('via', '1.0 first')
      .set('x-study-upstream', 'rest')
      .send('{}');
    const headers = received.splice(0)[0]?.headers ?? {};
    assert.equal(headers.via, '1.0 first, 1.1 tfserving-proxy');
    for (const name of ['x-mine', 'te', 'x-study-upstream']) assert.equal(headers[name], undefined, name);
    const { 'x-of-the-server': own, 'x-hop': hop, 'server-timing': timing } = answer.headers as Record<string, string>;
    assert.deepEqual([own, hop], ['yes', undefined]);
    assert.deepEqual(Object.keys(parseServerTiming(timing ?? '')), ['upstream']);
  });

  it('passes errors of the server on as they are', async () => {
    const answer = await supertest(address).get('/v1/models/full/versions/7');
    assert.equal(answer.status, 503);
    assert.equal(answer.get('x-model-version'), undefined, 'no version answered');
    assert.equal(answer.text, '{ "predictions" : [1.0e+00\n] }');
    received.splice(0);
  });

  it('sends nothing upstream that it refuses itself', async () => {
    const refusals: [supertest.Test, number, RegExp][] = [
      [supertest(address).post('/v1/models/m:predict').send('x'.repeat(1001)), 413, /limit of 1000 bytes/],
      [
        supertest(address).post('/v1/models/m:predict').set('x-study-upstream', 'both').send('{}'),
        400,
        /send grpc or rest/,
      ],
      [supertest(address).get('/monitoring/prometheus/metrics'), 404, /Nothing answers GET/],
    ];
    for (const [request, status, text] of refusals) {
      const answer = await request;
      assert.equal(answer.status, status);
      assert.match(errorResponseSchema.parse(answer.body).error, text);
    }
    await supertest(address).head('/v1/models/m').expect(400);
    assert.deepEqual(received, []);
  });

  it('is alive whatever the server does, and ready when it answers', async () => {
    await supertest(address).get('/healthz').expect(200);
    await supertest(address).get('/readyz').expect(200);
  });
});

describe('proxy app by gRPC without a server', () => {
  it('answers what needs no model, and 503 to the rest', async () => {
    const config = loadConfig({ ...SERVICE_SETTINGS, ...PROXY_SETTINGS }, { STUDY_TFSERVING_GRPC: '127.0.0.1:1' });
    const proxy = await serve(createUpstreams(config), config, createLogger('test', 'silent'));
    const broken = await supertest(proxy.url).post('/v1/models/m:predict').send('{"instances": [1').expect(400);
    assert.match(errorResponseSchema.parse(broken.body).error, /^JSON Parse error: /);
    await supertest(proxy.url).get('/v1/models').expect(400);
    const unreachable = await supertest(proxy.url).get('/v1/models/m').expect(503);
    assert.match(errorResponseSchema.parse(unreachable.body).error, /^The model server cannot be reached: /);
    await supertest(proxy.url).get('/readyz').expect(503);
    await proxy.drain(0);
  });
});
