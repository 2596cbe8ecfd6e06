import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { after, before, beforeEach, describe, it } from 'node:test';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Method } from './call.js';
import { CallSlots } from './call-slots.js';
import { DEFAULT_LIMITS, RequestMemory } from '../request-memory.js';
import { channelArguments } from './channel-arguments.js';
import { listen, type Listener } from './http2-listener.js';

// What gRPC's own libraries never send. The answers expected are those of gRPC's C++ core.

const MESSAGE = Buffer.from('a message');
/** A deadline that is passed in a moment, but not before a busy machine has read the message. */
const LONG = '700m';

/** grpc-status, grpc-message and the one message of an answer, if there is one. */
type Answer = readonly [status: unknown, message: unknown, bytes?: string];

let listener: Listener;
let session: ClientHttp2Session;
/** Handlers of /test/Wait: `entered` when a call begins, `leave` lets it go. */
let waiting: EventEmitter;
/** Messages that /test/Stream has read. */
let streamed = 0;

const unary = (handler: (request: Buffer) => Promise<Buffer>): Method => ({
  kind: 'unary',
  takesThread: true,
  isLarge: true,
  handler,
});

const METHODS = new Map<string, Method>([
  ['/test/Echo', unary((request) => Promise.resolve(request))],
  [
    '/test/Wait',
    unary(async (request) => {
      const leave = once(waiting, 'leave');
      waiting.emit('entered');
      await leave;
      return request;
    }),
  ],
  [
    '/test/Stream',
    {
      kind: 'streaming',
      takesThread: true,
      isLarge: true,
      handler: async function* (requests, over) {
        for await (const request of requests) {
          streamed += 1;
          yield request;
        }
        if (!over.aborted) await once(over, 'abort');
      },
    },
  ],
]);

function open(rules = '', limits = DEFAULT_LIMITS): Promise<Listener> {
  const slots = new CallSlots(2);
  return listen(
    { host: '127.0.0.1', port: 0 },
    { methods: METHODS, slots, rules: channelArguments(rules), memory: new RequestMemory(limits), tls: undefined },
  );
}

async function connectTo({ port }: Listener, settings = {}): Promise<ClientHttp2Session> {
  const opened = connect(`http://127.0.0.1:${port}`, { maxSendHeaderBlockLength: 2 ** 20, settings });
  opened.on('error', () => undefined);
  await once(opened, 'remoteSettings');
  return opened;
}

function frame(flag: number, message: Buffer): Buffer {
  const prefix = Buffer.from([flag, 0, 0, 0, 0]);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function begin(headers: OutgoingHttpHeaders, on = session): ClientHttp2Stream {
  return on.request({ ':method': 'POST', ':path': '/test/Echo', te: 'trailers', ...headers }, { endStream: false });
}

async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  let ending: Record<string, unknown> = {};
  const pieces: Buffer[] = [];
  for (const event of ['response', 'trailers'])
    stream.on(event, (headers: Record<string, unknown>) => {
      ending = { ...ending, ...headers };
    });
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  await once(stream, 'close');
  assert.equal(ending[':status'], 200);
  const status = [ending['grpc-status'], ending['grpc-message']] as const;
  return pieces.length === 0 ? status : [...status, Buffer.concat(pieces).subarray(5).toString()];
}

/** Sends these bytes and nothing after them. */
function answer(headers: OutgoingHttpHeaders, body = frame(0, MESSAGE), on = session): Promise<Answer> {
  const stream = begin(headers, on);
  stream.end(body);
  return answerOf(stream);
}

const SERVED: Answer = ['0', undefined, MESSAGE.toString()];
const PASSED: Answer = ['4', 'Deadline Exceeded'];

describe('gRPC on the wire', () => {
  before(async () => {
    listener = await open();
    session = await connectTo(listener);
  });

  beforeEach(() => {
    waiting = new EventEmitter();
  });

  after(async () => {
    session.destroy();
    await listener.close();
  });

  it('serves any content-type, and none', async () => {
    for (const type of ['application/grpc', 'application/grpc+proto', 'text/html', ''])
      assert.deepEqual(await answer({ 'content-type': type }), SERVED, type);
    assert.deepEqual(await answer({}), SERVED);
  });

  it('refuses methods and schemes, and calls without te, before it looks the method up', async () => {
    for (const method of ['GET', 'PUT'])
      assert.deepEqual(await answer({ ':method': method, ':path': '/no/Such' }), ['2', 'Bad method header'], method);
    for (const method of ['DELETE', 'OPTIONS', 'post'])
      assert.deepEqual(await answer({ ':method': method }), ['13', "Error parsing ':method' metadata"], method);
    assert.deepEqual(await answer({ ':scheme': 'ftp' }), ['13', "Error parsing ':scheme' metadata"]);
    assert.deepEqual(await answer({ te: undefined, ':path': '/no/Such' }), ['2', 'Missing :te header']);
  });

  it('takes an unknown grpc-encoding for none', async () => {
    for (const encoding of ['snappy', 'GZIP', ''])
      for (const flag of [0, 1])
        assert.deepEqual(await answer({ 'grpc-encoding': encoding }, frame(flag, MESSAGE)), SERVED, encoding);
  });

  it('takes for compressed only what is marked so and has an encoding', async () => {
    for (const encoding of ['gzip', 'deflate', 'identity', undefined])
      assert.deepEqual(await answer({ 'grpc-encoding': encoding }), SERVED, encoding);
    for (const encoding of ['identity', undefined])
      assert.deepEqual(await answer({ 'grpc-encoding': encoding }, frame(1, MESSAGE)), SERVED, encoding);
    for (const encoding of ['gzip', 'deflate'])
      assert.deepEqual(await answer({ 'grpc-encoding': encoding }, frame(1, Buffer.alloc(0))), ['0', undefined, '']);
    assert.deepEqual(await answer({ 'grpc-encoding': 'gzip' }, frame(1, gzipSync(MESSAGE))), SERVED);
    assert.deepEqual(await answer({ 'grpc-encoding': 'deflate' }, frame(1, deflateSync(MESSAGE))), SERVED);
  });

  it('refuses a compressed message that is no single whole stream', async () => {
    const [zip, zlib] = [gzipSync(MESSAGE), deflateSync(MESSAGE)];
    const cases: readonly (readonly [string, string, Buffer])[] = [
      ['gzip', 'not compressed', MESSAGE],
      ['gzip', 'cut', zip.subarray(0, -3)],
      ['gzip', 'followed by text', Buffer.concat([zip, MESSAGE])],
      ['gzip', 'followed by zeros', Buffer.concat([zip, Buffer.alloc(3)])],
      ['gzip', 'two members', Buffer.concat([zip, zip])],
      ['deflate', 'not compressed', MESSAGE],
      ['deflate', 'without the head of zlib', deflateRawSync(MESSAGE)],
      ['deflate', 'followed by text', Buffer.concat([zlib, MESSAGE])],
    ];
    for (const [encoding, what, bytes] of cases)
      assert.deepEqual(
        await answer({ 'grpc-encoding': encoding }, frame(1, bytes)),
        ['13', `Unexpected error decompressing data for algorithm ${encoding}`],
        `${encoding}: ${what}`,
      );
  });

  it('ends at once what comes after its deadline, also a call of no known method', async () => {
    for (const timeout of ['0m', '0n', '0H'])
      assert.deepEqual(await answer({ 'grpc-timeout': timeout, ':path': '/no/Such' }), PASSED, timeout);
    assert.deepEqual(await answerOf(begin({ 'grpc-timeout': '0S' }).end()), PASSED);
  });

  it('reads a grpc-timeout as gRPC does', async () => {
    for (const timeout of ['10S', '123456789m', '9999999999m', ' 5 S ', '99999999H', '99999999u', '99999999999n'])
      assert.deepEqual(await answer({ 'grpc-timeout': timeout }), SERVED, timeout);
    // not understood: as good as none
    for (const timeout of ['', '0', '-5m', '0x', 'm', '0.5S'])
      assert.deepEqual(await answer({ 'grpc-timeout': timeout }), SERVED, timeout);
  });

  it('ends a call at its deadline that has not sent its message', async () => {
    for (const bytes of [undefined, frame(0, MESSAGE).subarray(0, 8)]) {
      const stream = begin({ 'grpc-timeout': '20m' });
      if (bytes !== undefined) stream.write(bytes);
      assert.deepEqual(await answerOf(stream), PASSED);
    }
    assert.deepEqual(await answer({}), SERVED);
  });

  it('ends a call at its deadline whatever its handler does, which keeps its thread', async () => {
    const entered = once(waiting, 'entered');
    const call = answer({ ':path': '/test/Wait', 'grpc-timeout': LONG });
    await entered;
    assert.deepEqual(await call, PASSED);
    assert.deepEqual(await answer({}), ['8', 'Server Threadpool Exhausted']);
    waiting.emit('leave');
    assert.deepEqual(await answer({}), SERVED);
  });

  it('ends a stream at its deadline, between messages or without any', async () => {
    const headers = { ':path': '/test/Stream', 'grpc-timeout': LONG };
    const silent = begin({ ...headers, 'grpc-timeout': '20m' });
    assert.deepEqual(await answerOf(silent), PASSED);
    const open = begin(headers);
    open.write(frame(0, MESSAGE));
    assert.deepEqual(await answerOf(open), [...PASSED, MESSAGE.toString()]);
    const done = begin(headers);
    done.end(frame(0, MESSAGE));
    assert.deepEqual(await answerOf(done), [...PASSED, MESSAGE.toString()]);
    assert.deepEqual(await answer({}), SERVED);
  });

  it('cuts a call at its deadline whose client does not read the answer', async () => {
    const stream = begin({ 'grpc-timeout': '2S' }); // what is cut is the answer: the message has come by then
    stream.on('error', () => undefined);
    const both = Promise.all([once(stream, 'response'), once(stream, 'close')]);
    stream.end(frame(0, Buffer.alloc(2 ** 21)));
    await both;
    assert.equal(stream.rstCode, constants.NGHTTP2_CANCEL);
    assert.deepEqual(await answer({}), SERVED);
  });

  it('lets an answer that is not read hold its thread', async () => {
    const reluctant = await connectTo(listener, { initialWindowSize: 0 });
    const stream = begin({}, reluctant);
    const answered = answerOf(stream);
    stream.end(frame(0, MESSAGE));
    await once(stream, 'response');
    assert.deepEqual(await answer({}), ['8', 'Server Threadpool Exhausted']);
    reluctant.settings({ initialWindowSize: 1000 });
    assert.deepEqual(await answered, SERVED);
    assert.deepEqual(await answer({}), SERVED);
    reluctant.destroy();
  });

  it('makes no more answers for a client that does not read them', async () => {
    const reluctant = await connectTo(listener, { initialWindowSize: 0 });
    const stream = begin({ ':path': '/test/Stream' }, reluctant);
    streamed = 0;
    stream.write(Buffer.concat(Array.from({ length: 1000 }, () => frame(0, MESSAGE))));
    await once(stream, 'response');
    for (let turn = 0; turn < 20; turn += 1) assert.deepEqual(await answer({}), ['8', 'Server Threadpool Exhausted']);
    assert.equal(streamed, 1);
    reluctant.settings({ initialWindowSize: 2 ** 20 });
    let bytes = 0;
    for await (const piece of stream as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes === 1000 * frame(0, MESSAGE).length) break;
    }
    assert.equal(streamed, 1000);
    reluctant.destroy();
  });

  it('closes although clients that have their answer do not end their side', async () => {
    const other = await open();
    const own = await connectTo(other);
    try {
      const served = begin({}, own);
      served.write(frame(0, MESSAGE));
      assert.deepEqual(await answerOf(served), SERVED);
      assert.deepEqual(await answerOf(begin({ ':path': '/no/Such' }, own)), ['12', undefined]);
      await other.close();
    } finally {
      own.destroy();
    }
  });

  it('refuses a message that is too large, as soon as it is announced or before it is inflated', async () => {
    const limited = await open('', { ...DEFAULT_LIMITS, requestBytes: 1000 });
    const own = await connectTo(limited);
    try {
      const head = Buffer.from([0, 0, 0, 0x03, 0xe9]);
      const announced = begin({}, own);
      announced.write(head);
      assert.deepEqual(await answerOf(announced), ['8', 'Received message larger than max (1001 vs. 1000)']);
      const bomb = frame(1, gzipSync(Buffer.alloc(1001)));
      assert.deepEqual(await answer({ 'grpc-encoding': 'gzip' }, bomb, own), [
        '8',
        'Received message larger than max (1001 vs. 1000)',
      ]);
      const deflated = frame(1, deflateSync(Buffer.alloc(1001)));
      assert.deepEqual(await answer({ 'grpc-encoding': 'deflate' }, deflated, own), [
        '13',
        'Unexpected error decompressing data for algorithm deflate',
      ]);
    } finally {
      own.destroy();
      await limited.close();
    }
  });

  it('ends a call whose message never comes, and takes no more messages than there is memory for', async () => {
    const late = await open('', { ...DEFAULT_LIMITS, timeoutMs: 20 });
    const full = await open('', { ...DEFAULT_LIMITS, totalBytes: 100_000 });
    const [waits, fills] = [await connectTo(late), await connectTo(full)];
    try {
      for (const start of [Buffer.alloc(0), frame(0, MESSAGE).subarray(0, 6)]) {
        const stream = begin({}, waits);
        if (start.length > 0) stream.write(start);
        assert.deepEqual(await answerOf(stream), ['4', 'the request did not come within 1 s']);
      }
      const part = frame(0, Buffer.alloc(90_000)).subarray(0, 80_000);
      const calls = [begin({}, fills), begin({}, fills)];
      for (const call of calls) call.write(part);
      assert.deepEqual(await Promise.race(calls.map(answerOf)), [
        '8',
        'the requests in memory would hold more than 100000 bytes together; try again later',
      ]);
      assert.deepEqual(await answer({}, undefined, fills), SERVED);
    } finally {
      for (const own of [waits, fills]) own.destroy();
      await Promise.all([late.close(), full.close()]);
    }
  });

  it('limits the headers of a call together', async () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-${index}`, 'v']));
    assert.deepEqual(await answer({ ...many, x: 'v'.repeat(7000) }), SERVED);
    const [status, message] = await answer({ x: 'v'.repeat(9000), y: 'v'.repeat(9000) });
    assert.equal(status, '8');
    assert.match(String(message), /^received metadata size exceeds hard limit \(18\d\d\d vs\. 16384\)$/);
    assert.deepEqual(await answer({ x: 'v'.repeat(20_000) }), [
      '8',
      'received metadata size exceeds hard limit (value length 20000 vs. 16384)',
    ]);
  });

  it('takes other limits of the headers from the channel arguments', async () => {
    const cases: readonly (readonly [string, number, string])[] = [
      ['grpc.max_metadata_size=80000', 90_000, '100000'],
      ['grpc.absolute_max_metadata_size=1000,grpc.max_metadata_size=80000', 500, '1000'],
    ];
    for (const [rules, fits, limit] of cases) {
      const other = await open(rules);
      const own = await connectTo(other);
      try {
        const half = 'v'.repeat(fits / 2);
        assert.deepEqual(await answer({ x: half, y: half }, undefined, own), SERVED);
        const [status, message] = await answer({ x: half, y: half, z: half }, undefined, own);
        assert.deepEqual([status, String(message).endsWith(` vs. ${limit})`)], ['8', true]);
      } finally {
        own.destroy();
        await other.close();
      }
    }
  });
});
