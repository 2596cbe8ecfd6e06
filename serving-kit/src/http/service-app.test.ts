import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import supertest from 'supertest';
import { ServiceError, errorResponseSchema } from '../contract/index.js';
import { loadConfig } from '../process/config.js';
import { RunningServer } from '../process/running-server.js';
import { SERVICE_SETTINGS } from '../process/settings.js';
import { errorAnswerer } from './error-answerer.js';
import { ServiceMetrics } from './metrics.js';
import { RequestBodies } from './read-body.js';
import { sendJson } from './send-json.js';
import { createServiceApp } from './service-app.js';

const LIMIT_BYTES = 1000;
const config = loadConfig(SERVICE_SETTINGS, {
  STUDY_BODY_LIMIT_BYTES: String(LIMIT_BYTES),
  STUDY_BODIES_LIMIT_BYTES: '1500',
});

function echoApp(log: string[] = [], notReady?: string): ReturnType<typeof createServiceApp> {
  const metrics = new ServiceMetrics();
  const bodies = new RequestBodies(config);
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(chunk.toString());
      done();
    },
  });
  return createServiceApp({
    answerError: errorAnswerer(pino({ level: 'info' }, sink)),
    metrics,
    whyNotReady: () => Promise.resolve(notReady),
    addRoutes(app) {
      app.post('/echo', async (incoming, response) => {
        metrics.track('echo', response);
        const body = await bodies.readInflated(incoming, response);
        sendJson(response, 200, JSON.stringify({ bytes: body.length }));
      });
      app.get('/broken', () => {
        throw new Error('the secret reason');
      });
    },
  });
}

const errorOf = (body: unknown): string => errorResponseSchema.parse(body).error;

describe('service app', () => {
  it('answers health, readiness and metrics', async () => {
    const app = echoApp();
    await supertest(app).get('/healthz').expect(200, { status: 'alive' });
    await supertest(app).get('/readyz').expect(200, { status: 'ready' });
    await supertest(app).post('/echo').send('{}').expect(200, { bytes: 2 });
    const { text } = await supertest(app)
      .get('/metrics')
      .expect(200)
      .expect('content-type', /text\/plain/);
    assert.match(text, /study_request_seconds_count\{route="echo",status="200"\} 1/);
    assert.match(text, /nodejs_eventloop_lag_seconds/);
  });

  it('gets messages whose prototypes Express leaves alone', async () => {
    const app = echoApp();
    const prototypes = (...messages: object[]): object[] =>
      messages.map((each) => Object.getPrototypeOf(each) as object);
    let before: object[] = [];
    let after: object[] = [];
    await using server = await RunningServer.listen((incoming, response) => {
      before = prototypes(incoming, response);
      app(incoming, response);
      after = prototypes(incoming, response);
    }, config);
    await supertest(server.url).get('/healthz').expect(200);
    assert.equal(before.length, 2);
    for (const [at, prototype] of before.entries()) assert.equal(after[at], prototype);
  });

  it('says why it is not ready', async () => {
    await supertest(echoApp([], 'no model yet'))
      .get('/readyz')
      .expect(503, { status: 'not ready', reason: 'no model yet' });
  });

  it('sends only the headers that carry something', async () => {
    const response = await supertest(echoApp()).post('/echo').send('{}');
    const headers = response.headers as Record<string, string>;
    assert.deepEqual(Object.keys(headers).sort(), ['connection', 'content-length', 'content-type', 'date']);
    assert.equal(headers['content-type'], 'application/json');
  });

  it('keeps a fault of its own out of the answer and in the log', async () => {
    const log: string[] = [];
    const response = await supertest(echoApp(log)).get('/broken').expect(500);
    const text = errorOf(response.body);
    const incident = /incident ([0-9a-f-]{36})$/.exec(text)?.[1];
    assert.ok(incident !== undefined);
    assert.doesNotMatch(text, /secret/);
    const line = log.find((entry) => entry.includes(incident)) ?? '';
    assert.match(line, /the secret reason/);
    assert.match(line, /service-app\.test/, 'with its stack');
  });

  it('answers 400 under /v1/ and 404 elsewhere when no route matches', async () => {
    const inside = await supertest(echoApp()).put('/v1/models/m:predict?x=1').expect(400);
    assert.equal(errorOf(inside.body), 'Malformed request: PUT /v1/models/m:predict?x=1');
    const outside = await supertest(echoApp()).get('/nothing').expect(404);
    assert.match(errorOf(outside.body), /GET \/nothing/);
  });

  it('explains a URL that does not decode', async () => {
    const app = createServiceApp({
      answerError: errorAnswerer(pino({ level: 'silent' })),
      metrics: new ServiceMetrics(),
      whyNotReady: () => Promise.resolve(undefined),
      addRoutes: (routes) => routes.get('/v1/models/:model', (_request, response) => response.end()),
    });
    const answer = await supertest(app).get('/v1/models/%E0%A4%A').expect(400);
    assert.match(errorOf(answer.body), /^Malformed request/);
  });

  it('refuses a body over the limit, announced or not, and ends the connection', async () => {
    const tooLarge = Buffer.alloc(LIMIT_BYTES + 1, ' ');
    const announced = await supertest(echoApp()).post('/echo').send(tooLarge.toString()).expect(413);
    assert.match(errorOf(announced.body), /limit of 1000 bytes \(STUDY_BODY_LIMIT_BYTES\)/);
    await using server = await RunningServer.listen(echoApp(), config);
    const chunked = request(`${server.url}/echo`, { method: 'POST' });
    chunked.on('error', () => undefined); // the server may close before all chunks are sent
    for (let sent = 0; sent < 20; sent += 1) chunked.write(Buffer.alloc(100, ' '));
    const [answer] = (await once(chunked, 'response')) as [{ statusCode: number; headers: Record<string, string> }];
    assert.equal(answer.statusCode, 413);
    assert.equal(answer.headers['connection'], 'close');
    chunked.destroy();
  });

  it('inflates gzip, and reads what does not inflate as empty', async () => {
    const compressed = gzipSync('{"instances":[1]}');
    const send = (body: Buffer): supertest.Test =>
      supertest(echoApp())
        .post('/echo')
        .set('content-encoding', 'gzip')
        .serialize(() => body as unknown as string)
        .send(body);
    await send(compressed).expect(200, { bytes: 17 });
    await send(compressed.subarray(0, 10)).expect(200, { bytes: 0 });
    await send(gzipSync(Buffer.alloc(LIMIT_BYTES))).expect(200, { bytes: LIMIT_BYTES });
    const bomb = await send(gzipSync(Buffer.alloc(50_000_000))).expect(413);
    assert.match(errorOf(bomb.body), /limit of 1000 bytes/);
  });

  it('refuses what is too much together, and takes more when that is answered', async () => {
    const bodies = new RequestBodies(config);
    const arrived = new EventEmitter();
    await using server = await RunningServer.listen((incoming, response) => {
      bodies.readInflated(incoming, response).then(
        () => arrived.emit('body', response),
        (error: unknown) => response.writeHead(error instanceof ServiceError ? error.httpStatus : 500).end(),
      );
    }, config);
    const post = async (): Promise<number> =>
      (await fetch(server.url, { method: 'POST', body: Buffer.alloc(LIMIT_BYTES) })).status;
    const held = once(arrived, 'body') as Promise<[ServerResponse]>;
    const first = post();
    const [response] = await held;
    assert.equal(await post(), 503);
    response.end();
    assert.equal(await first, 200);
    arrived.on('body', (later: ServerResponse) => later.end());
    while ((await post()) !== 200); // the first counts until its connection has sent all
  });

  it('survives clients that go away in the middle of a body', async () => {
    const log: string[] = [];
    await using server = await RunningServer.listen(echoApp(log), config);
    const port = Number(new URL(server.url).port);
    for (let client = 0; client < 20; client += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.write('POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"inst');
      await once(socket, 'connect');
      socket.destroy();
    }
    await supertest(server.url).post('/echo').send('{}').expect(200);
    assert.deepEqual(log, [], 'a client that leaves is not a fault of ours');
  });
});
