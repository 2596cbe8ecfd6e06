import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect as http2Connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, compressionAlgorithms, credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { loadMessages } from '@serving-study/protos';
import { requireEngine } from '@serving-study/runtime';
import { loadVersion, ModelServer } from '../models/index.js';
import { Metrics } from '../metrics/index.js';
import { RequestMemory } from '../request-memory.js';
import { startGrpc, type GrpcOptions, type GrpcServer } from './index.js';

const MODELS = fileURLToPath(new URL('../../../test/conformance/models/', import.meta.url));
const PREDICT = '/tensorflow.serving.PredictionService/Predict';
const LIMIT_MS = 20_000;

interface Answer {
  readonly code: string;
  readonly message: string;
  readonly bytes: Buffer;
}

let models: ModelServer;
let metrics: Metrics;
let server: GrpcServer;

function options(overrides: Partial<GrpcOptions> = {}): GrpcOptions {
  return {
    manager: models,
    metrics: metrics.serving,
    memory: new RequestMemory(),
    reload: (config, names) => models.reload(config, names),
    host: '127.0.0.1',
    port: 0,
    maxThreads: 100,
    health: false,
    channelArguments: '',
    asTensorContent: false,
    checkMethodName: false,
    ...overrides,
  };
}

function clientOf(target: string, settings = {}): Client {
  return new Client(target, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.use_local_subchannel_pool': 1,
    ...settings,
  });
}

function call(client: Client, method: string, bytes: Buffer, timeoutMs = LIMIT_MS): Promise<Answer> {
  const same = (value: Buffer): Buffer => value;
  return new Promise((resolve) => {
    const answered = (error: ServiceError | null, response?: Buffer): void => {
      resolve(
        error === null
          ? { code: 'OK', message: '', bytes: response ?? Buffer.alloc(0) }
          : { code: status[error.code], message: error.details, bytes: Buffer.alloc(0) },
      );
    };
    client.makeUnaryRequest(method, same, same, bytes, new Metadata(), { deadline: Date.now() + timeoutMs }, answered);
  });
}

function predictBytes(
  model: string,
  alias: string,
  values: readonly number[],
  field = 'float_val',
  dtype = 'DT_FLOAT',
): Buffer {
  const type = loadMessages().lookupType('tensorflow.serving.PredictRequest');
  const tensor = { dtype, tensor_shape: { dim: [{ size: values.length }] }, [field]: values };
  return Buffer.from(
    type.encode(type.fromObject({ model_spec: { name: model }, inputs: { [alias]: tensor } })).finish(),
  );
}

function floats(bytes: Buffer, alias = 'y'): number[] {
  const type = loadMessages().lookupType('tensorflow.serving.PredictResponse');
  const plain = type.toObject(type.decode(bytes)) as { outputs: Record<string, { float_val?: number[] }> };
  return plain.outputs[alias]?.float_val ?? [];
}

function frame(flag: number, message: Buffer): Buffer {
  const prefix = Buffer.from([flag, 0, 0, 0, 0]);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** grpc-status and grpc-message of a Predict call whose body is these very bytes. */
async function rawStatus(session: ClientHttp2Session, body: Buffer): Promise<unknown[]> {
  const stream = session.request({ ':method': 'POST', ':path': PREDICT, te: 'trailers' });
  let ending: IncomingHttpHeaders = {};
  const add = (headers: IncomingHttpHeaders): void => {
    ending = { ...ending, ...headers };
  };
  stream.on('response', add);
  stream.on('trailers', add);
  stream.end(body);
  stream.resume();
  await once(stream, 'close');
  return [ending['grpc-status'], ending['grpc-message']];
}

describe('gRPC server', () => {
  let client: Client;

  before(async () => {
    const { library } = await requireEngine();
    metrics = new Metrics();
    const log = { info: () => undefined, warning: () => undefined, error: () => undefined };
    models = new ModelServer({
      load: (version) => loadVersion(version, { engine: { library }, metrics, log, warmupIterations: 0 }),
      metrics,
      log,
      pollSeconds: 1,
      startupLoads: 2,
      loads: 0,
      unloads: 0,
      maxRetries: 0,
      retryIntervalMs: 0,
      allowLabelsForUnavailable: false,
      missingModelTimeoutMs: LIMIT_MS,
    });
    const model = {
      platform: 'tensorflow',
      policy: { kind: 'latest', count: 1 },
      labels: new Map<string, bigint>(),
      hasLogging: false,
    } as const;
    await models.start({
      kind: 'list',
      models: ['half_plus_two', 'slow'].map((name) => ({ ...model, name, basePath: join(MODELS, name) })),
    });
    server = await startGrpc(options());
    client = clientOf(`127.0.0.1:${server.port}`);
  });

  after(async () => {
    client.close();
    await server.close();
    models.stop();
  });

  it('answers Predict', async () => {
    const { code, bytes } = await call(client, PREDICT, predictBytes('half_plus_two', 'x', [1, 2, 5]));
    assert.equal(code, 'OK');
    assert.deepEqual(floats(bytes), [12.5, 13, 14.5]);
  });

  it('makes no tensors for a model that it does not have, nor large ones of a few bytes', async () => {
    const type = loadMessages().lookupType('tensorflow.serving.PredictRequest');
    const tensor = { dtype: 'DT_FLOAT', tensor_shape: { dim: [{ size: 2 ** 27 }] }, float_val: [1] };
    const request = (name: string, aliases: readonly string[]): Buffer => {
      const inputs = Object.fromEntries(aliases.map((alias) => [alias, tensor]));
      return Buffer.from(type.encode(type.fromObject({ model_spec: { name }, inputs })).finish());
    };
    const many = Array.from({ length: 64 }, (_, index) => `x${index}`);
    assert.equal((await call(client, PREDICT, request('unknown', many))).code, 'NOT_FOUND');
    assert.match((await call(client, PREDICT, request('half_plus_two', many))).message, /^input size does not match/);
    assert.match(
      (await call(client, PREDICT, request('half_plus_two', ['x']))).message,
      /^a tensor of 536870912 bytes/,
    );
  });

  it('says nothing about unknown methods and bytes that are no message', async () => {
    assert.deepEqual(await call(client, '/foo.Bar/Baz', Buffer.alloc(0)), {
      code: 'UNIMPLEMENTED',
      message: '',
      bytes: Buffer.alloc(0),
    });
    assert.deepEqual(await call(client, '/grpc.health.v1.Health/Check', Buffer.alloc(0)), {
      code: 'UNIMPLEMENTED',
      message: '',
      bytes: Buffer.alloc(0),
    });
    for (const method of [
      'PredictionService/Classify',
      'PredictionService/MultiInference',
      'PredictionService/GetModelMetadata',
      'ModelService/GetModelStatus',
      'ModelService/HandleReloadConfigRequest',
    ])
      assert.deepEqual(
        await call(client, `/tensorflow.serving.${method}`, Buffer.from('0aff', 'hex')),
        { code: 'INTERNAL', message: '', bytes: Buffer.alloc(0) },
        method,
      );
  });

  it('keeps error texts whole: spaces at the end, percent signs, other alphabets', async () => {
    const { message } = await call(client, PREDICT, predictBytes('half_plus_two', 'é%41 ', [1]));
    assert.match(message, /be in the request \{é%41 \}, or default input alias set: $/);
  });

  it('cuts long texts by bytes', async () => {
    const { message } = await call(client, PREDICT, predictBytes('m'.repeat(5000), 'x', [1]));
    assert.equal(
      message,
      `Servable not found for request: Latest(${'m'.repeat(5000)})`.slice(0, 1024) + '...TRUNCATED',
    );
  });

  it('reads large messages in pieces and writes large answers', async () => {
    const values = Array.from({ length: 2_000_000 }, (_, index) => index);
    const { code, bytes } = await call(client, PREDICT, predictBytes('half_plus_two', 'x', values));
    assert.equal(code, 'OK');
    const got = floats(bytes);
    assert.equal(got.length, values.length);
    assert.equal(got.at(-1), Math.fround(1_999_999 * 0.5 + 12));
  });

  it('reads compressed requests', async () => {
    for (const compression of [compressionAlgorithms.gzip, compressionAlgorithms.deflate]) {
      const compressing = clientOf(`127.0.0.1:${server.port}`, { 'grpc.default_compression_algorithm': compression });
      const { code, bytes } = await call(
        compressing,
        PREDICT,
        predictBytes(
          'half_plus_two',
          'x',
          Array.from({ length: 500 }, () => 2),
        ),
      );
      compressing.close();
      assert.equal(code, 'OK');
      assert.equal(floats(bytes)[499], 13);
    }
  });

  it('refuses a message whose flag byte gRPC does not know, and goes on with the connection', async () => {
    const session = http2Connect(`http://127.0.0.1:${server.port}`);
    const request = predictBytes('half_plus_two', 'x', [1]);
    try {
      assert.deepEqual(await rawStatus(session, frame(2, request)), ['13', 'Bad GRPC frame type 0x02']);
      assert.deepEqual(await rawStatus(session, frame(255, request)), ['13', 'Bad GRPC frame type 0xff']);
      assert.deepEqual(await rawStatus(session, frame(0, request)), ['0', undefined]);
    } finally {
      session.destroy();
    }
  });

  it('stops the run at the deadline of the client', async () => {
    const { code } = await call(client, PREDICT, predictBytes('slow', 'x', [1]), 100);
    assert.equal(code, 'DEADLINE_EXCEEDED');
  });

  it('counts what it answers under the name the request gave', async () => {
    await call(client, PREDICT, predictBytes('nobody', 'x', [1]));
    assert.match(metrics.page(), /:tensorflow:serving:request_count\{model_name="nobody",status="NOT_FOUND"\} 1\n/);
  });

  it('fails what finds no thread at once, unknown methods too', async () => {
    const small = await startGrpc(options({ maxThreads: 2 }));
    const own = clientOf(`127.0.0.1:${small.port}`);
    try {
      const exhausted = { code: 'RESOURCE_EXHAUSTED', message: 'Server Threadpool Exhausted', bytes: Buffer.alloc(0) };
      // A call takes its place some time before it is answered; on a busy machine several may pass before one is met there.
      const until = Date.now() + LIMIT_MS;
      let second: Answer;
      do {
        const state = { isRunning: true };
        const first = call(own, PREDICT, predictBytes('slow', 'x', [1])).finally(() => (state.isRunning = false));
        do second = await call(own, '/foo.Bar/Baz', Buffer.alloc(0));
        while (second.code !== 'RESOURCE_EXHAUSTED' && state.isRunning);
        assert.equal((await first).code, 'OK');
      } while (second.code !== 'RESOURCE_EXHAUSTED' && Date.now() < until);
      assert.deepEqual(second, exhausted);
      assert.equal((await call(own, '/foo.Bar/Baz', Buffer.alloc(0))).code, 'UNIMPLEMENTED');
    } finally {
      own.close();
      await small.close();
    }
  });

  it('has the health service when asked for it', async () => {
    const healthy = await startGrpc(options({ health: true }));
    const own = clientOf(`127.0.0.1:${healthy.port}`);
    try {
      const check = (service: string): Promise<Answer> =>
        call(
          own,
          '/grpc.health.v1.Health/Check',
          Buffer.concat([Buffer.from([10, service.length]), Buffer.from(service)]),
        );
      for (const service of ['', 'ModelService', 'PredictionService'])
        assert.equal((await check(service)).bytes.toString('hex'), '0801');
      assert.deepEqual(await check('tensorflow.serving.PredictionService'), {
        code: 'NOT_FOUND',
        message: 'service name unknown',
        bytes: Buffer.alloc(0),
      });
      const longName = Buffer.concat([Buffer.from([10, 0xc9, 1]), Buffer.alloc(201, 'a')]);
      assert.deepEqual(await call(own, '/grpc.health.v1.Health/Check', longName), {
        code: 'INVALID_ARGUMENT',
        message: 'could not parse request',
        bytes: Buffer.alloc(0),
      });
      const watch = own.makeServerStreamRequest(
        '/grpc.health.v1.Health/Watch',
        (value: Buffer) => value,
        (value: Buffer) => value,
        Buffer.alloc(0),
        new Metadata(),
      );
      watch.on('error', () => undefined);
      const [first] = (await once(watch, 'data')) as [Buffer];
      assert.equal(first.toString('hex'), '0801');
      watch.cancel();
      const refused = own.makeServerStreamRequest(
        '/grpc.health.v1.Health/Watch',
        (value: Buffer) => value,
        (value: Buffer) => value,
        longName,
        new Metadata(),
      );
      refused.resume();
      const [error] = (await once(refused, 'error')) as [{ code: number; details: string }];
      assert.deepEqual([error.code, error.details], [status.INTERNAL, 'could not parse request']);
    } finally {
      own.close();
      await healthy.close();
    }
  });

  it('lists its services by reflection, both versions', async () => {
    for (const version of ['v1', 'v1alpha']) {
      const stream = client.makeBidiStreamRequest(
        `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
        (value: Buffer) => value,
        (value: Buffer) => value,
        new Metadata(),
      );
      // list_services, then file_containing_symbol
      stream.write(Buffer.from('3a012a', 'hex'));
      const [services] = (await once(stream, 'data')) as [Buffer];
      assert.match(services.toString('latin1'), /tensorflow\.serving\.PredictionService/);
      assert.match(services.toString('latin1'), /tensorflow\.serving\.ModelService/);
      const symbol = Buffer.from('tensorflow.serving.PredictRequest');
      stream.write(Buffer.concat([Buffer.from([0x22, symbol.length]), symbol]));
      const [files] = (await once(stream, 'data')) as [Buffer];
      assert.match(files.toString('latin1'), /output_filter/);
      stream.end();
      stream.resume();
      const [result] = (await once(stream, 'status')) as [{ code: number }];
      assert.equal(result.code, status.OK);
    }
  });

  it('ends reflection at a request that it cannot read', async () => {
    const stream = client.makeBidiStreamRequest(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      (value: Buffer) => value,
      (value: Buffer) => value,
      new Metadata(),
    );
    stream.on('error', () => undefined);
    stream.resume();
    stream.write(Buffer.from('3aff', 'hex'));
    const [result] = (await once(stream, 'status')) as [{ code: number }];
    assert.equal(result.code, status.OK);
  });

  it('listens on a UNIX socket too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'grpc-'));
    const socketPath = join(folder, 'grpc.sock');
    const local = await startGrpc(options({ socketPath }));
    const own = clientOf(`unix:${socketPath}`);
    try {
      assert.equal((await call(own, PREDICT, predictBytes('half_plus_two', 'x', [1]))).code, 'OK');
    } finally {
      own.close();
      await local.close();
      await rm(folder, { recursive: true });
    }
  });

  it('serves over TLS, and only clients with a certificate when they must have one', async (t) => {
    if (spawnSync('openssl', ['version']).status !== 0) {
      t.skip('makes its certificate with openssl, which is not installed');
      return;
    }
    const folder = await mkdtemp(join(tmpdir(), 'grpc-tls-'));
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
    spawnSync('openssl', ['req', '-x509', ...key, '-out', certFile, '-days', '1', ...subject]);
    const [serverKey, serverCert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')]);
    const tls = { serverKey, serverCert, customCa: serverCert, clientVerify: true };
    const secure = await startGrpc(options({ tls }));
    const [ca, own] = [Buffer.from(serverCert), Buffer.from(serverKey)];
    const named = { 'grpc.ssl_target_name_override': 'localhost', 'grpc.use_local_subchannel_pool': 1 };
    const known = new Client(`127.0.0.1:${secure.port}`, credentials.createSsl(ca, own, ca), named);
    const unknown = new Client(`127.0.0.1:${secure.port}`, credentials.createSsl(ca), named);
    try {
      assert.equal((await call(known, PREDICT, predictBytes('half_plus_two', 'x', [1]))).code, 'OK');
      assert.equal((await call(unknown, PREDICT, predictBytes('half_plus_two', 'x', [1]))).code, 'UNAVAILABLE');
    } finally {
      known.close();
      unknown.close();
      // A client that has not begun its handshake holds nothing up.
      const silent = connect(secure.port, '127.0.0.1');
      silent.on('error', () => undefined);
      await once(silent, 'connect');
      const ended = once(silent, 'close');
      await secure.close();
      await ended;
      await rm(folder, { recursive: true });
    }
  });

  it('refuses a port that is taken, arguments and keys that are none', async () => {
    await assert.rejects(startGrpc(options({ port: server.port })), /gRPC cannot listen on 127\.0\.0\.1/);
    await assert.rejects(
      startGrpc(options({ channelArguments: 'grpc.max_connection_age_ms' })),
      /is not of the form name=value/,
    );
    const tls = { serverKey: 'no PEM', serverCert: 'no PEM', customCa: '', clientVerify: false };
    await assert.rejects(startGrpc(options({ tls })), /cannot use the key and certificates of its SSLConfig/);
  });

  it('finishes the calls under way when it closes', async () => {
    const closing = await startGrpc(options());
    const own = clientOf(`127.0.0.1:${closing.port}`);
    const running = call(own, PREDICT, predictBytes('slow', 'x', [1]));
    // answered behind it on the same connection: now the first one is under way
    await call(own, PREDICT, predictBytes('half_plus_two', 'x', [1]));
    await closing.close();
    const { code, bytes } = await running;
    assert.equal(code, 'OK');
    assert.deepEqual(floats(bytes), [2]);
    own.close();
  });

  it('does not wait for calls that wait for their client when it closes', async () => {
    const closing = await startGrpc(options({ health: true }));
    const own = clientOf(`127.0.0.1:${closing.port}`);
    const same = (value: Buffer): Buffer => value;
    const watch = own.makeServerStreamRequest(
      '/grpc.health.v1.Health/Watch',
      same,
      same,
      Buffer.alloc(0),
      new Metadata(),
    );
    const reflection = own.makeBidiStreamRequest(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      same,
      same,
      new Metadata(),
    );
    const ended = Promise.all([watch, reflection].map(async (stream) => once(stream, 'error')));
    await once(watch, 'data');
    const silent = http2Connect(`http://127.0.0.1:${closing.port}`);
    silent.on('error', () => undefined);
    const headers = { ':method': 'POST', ':path': PREDICT, te: 'trailers' };
    const request = silent.request(headers).on('error', () => undefined);
    request.write(Buffer.from([0, 0, 0]));
    await once(silent, 'remoteSettings');
    await closing.close();
    await ended;
    own.close();
    silent.destroy();
  });

  it('turns away clients that ping too often', async () => {
    const session = http2Connect(`http://127.0.0.1:${server.port}`);
    const goaway = once(session, 'goaway') as Promise<[number, number, Buffer]>;
    session.on('error', () => undefined);
    await once(session, 'connect');
    for (let index = 0; index < 4; index += 1) session.ping(() => undefined);
    const [code, , data] = await goaway;
    assert.equal(code, 11);
    assert.equal(data.toString(), 'too_many_pings');
    session.destroy();
  });

  it('lets clients ping as they like while it sends to them', async () => {
    const session = http2Connect(`http://127.0.0.1:${server.port}`);
    for (let index = 0; index < 8; index += 1) {
      assert.deepEqual(await rawStatus(session, frame(0, predictBytes('half_plus_two', 'x', [index]))), [
        '0',
        undefined,
      ]);
      await new Promise<void>((resolve, reject) => {
        session.ping((error) => {
          if (error === null) resolve();
          else reject(error);
        });
      });
    }
    session.destroy();
  });

  it('survives garbage on its port', async () => {
    for (const garbage of [
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      '\x00'.repeat(64),
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff',
    ]) {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.end(Buffer.from(garbage, 'latin1'));
      socket.resume();
      await once(socket, 'close');
    }
    assert.equal((await call(client, PREDICT, predictBytes('half_plus_two', 'x', [1]))).code, 'OK');
  });
});
