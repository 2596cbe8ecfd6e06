import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { connect as http2Connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  CODE,
  FLAG,
  FRAME,
  FRAME_HEAD_BYTES,
  frameAt,
  frameHead,
  HpackEncoder,
  PREFACE,
  SETTING,
  settingsPayload,
  uint32,
  type Frame,
} from '@serving-study/http2';
import fc from 'fast-check';
import type { ConnectionOptions } from './connection.js';
import { Http2Connection, type Http2Stream, type RequestHeaders } from './index.js';

const OK = [{ name: ':status', value: '200', recurs: true }];
const TRAILERS = [{ name: 'done', value: 'yes', recurs: true }];
const LIMIT_MS = 20_000;

let server: Server;
let connections: Http2Connection[];
let sockets: Socket[];
let port: number;
/** What comes of a request; echoes its body unless a test says otherwise. */
let serve: (stream: Http2Stream, headers: RequestHeaders) => void;
let options: ConnectionOptions;

function echo(stream: Http2Stream): void {
  const pieces: Buffer[] = [];
  stream.onData = (piece) => {
    pieces.push(piece);
    stream.consumed(piece.length);
  };
  stream.onEnd = () => {
    answer(stream, Buffer.concat(pieces));
  };
}

function answer(stream: Http2Stream, body: Buffer): void {
  stream.respond(OK);
  if (body.length > 0) stream.write(body);
  stream.end(TRAILERS);
}

function frame(type: number, flags: number, streamId: number, payload: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(payload);
  return Buffer.concat([frameHead(bytes.length, type, flags, streamId), bytes]);
}

/** A frame whose payload is one number. */
function numberFrame(type: number, streamId: number, value: number): Buffer {
  return frame(type, 0, streamId, uint32(value));
}

function settings(...values: readonly (readonly [id: number, value: number])[]): Buffer {
  return frame(FRAME.settings, 0, 0, settingsPayload(values));
}

function block(...extra: readonly (readonly [name: string, value: string])[]): Buffer {
  const request = [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', '/'],
  ] as const;
  return blockOf(...request, ...extra);
}

function blockOf(...fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return new HpackEncoder().encode(fields.map(([name, value]) => ({ name, value, recurs: false })));
}

/** HEADERS that begin a request and leave it open. */
function begin(streamId: number, headers = block()): Buffer {
  return frame(FRAME.headers, FLAG.endHeaders, streamId, headers);
}

function data(streamId: number, payload: Buffer | string = '', flags: number = FLAG.endStream): Buffer {
  return frame(FRAME.data, flags, streamId, payload);
}

/** A client that sends these very bytes. */
class RawClient {
  readonly socket: Socket;
  readonly #changes = new EventEmitter();
  readonly #frames: Frame[] = [];
  #input = Buffer.alloc(0);

  constructor(settings: { readonly allowHalfOpen?: boolean } = {}) {
    this.socket = connect({ port, host: '127.0.0.1', ...settings });
    this.socket.setTimeout(LIMIT_MS, () => this.socket.destroy(new Error(`nothing within ${LIMIT_MS} ms`)));
    this.socket.on('error', () => undefined);
    this.socket.on('data', (bytes) => {
      this.#input = Buffer.concat([this.#input, bytes]);
      for (let next = frameAt(this.#input, 0); next !== undefined; next = frameAt(this.#input, 0)) {
        this.#input = this.#input.subarray(FRAME_HEAD_BYTES + next.payload.length);
        this.#frames.push(next);
      }
      this.#changes.emit('change');
    });
    this.socket.on('close', () => this.#changes.emit('change'));
  }

  send(...frames: readonly Buffer[]): this {
    this.socket.write(Buffer.concat(frames));
    return this;
  }

  /** Begins as a client should. */
  open(...frames: readonly Buffer[]): this {
    return this.send(PREFACE, settings(), ...frames);
  }

  /** The next frame for which `isIt` holds; those before it are dropped. */
  async next(isIt: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      while (this.#frames.length > 0) {
        const found = this.#frames.shift();
        if (found !== undefined && isIt(found)) return found;
      }
      if (this.socket.destroyed) throw new Error('the connection has ended');
      await once(this.#changes, 'change');
    }
  }

  /** Code of the GOAWAY that ends the connection. */
  async goaway(): Promise<number> {
    const { payload } = await this.next(({ type }) => type === FRAME.goaway);
    if (!this.socket.destroyed) await once(this.socket, 'close');
    return payload.readUInt32BE(4);
  }

  /** Code of the RST_STREAM of a stream. */
  async reset(streamId: number): Promise<number> {
    const { payload } = await this.next((got) => got.type === FRAME.rstStream && got.streamId === streamId);
    return payload.readUInt32BE(0);
  }

  /** The body that answers a stream. */
  async body(streamId: number): Promise<string> {
    const pieces: Buffer[] = [];
    for (;;) {
      const got = await this.next((each) => each.streamId === streamId);
      assert.notEqual(got.type, FRAME.rstStream, `stream ${streamId} was reset`);
      if (got.type === FRAME.data) pieces.push(got.payload);
      if ((got.flags & FLAG.endStream) !== 0) return Buffer.concat(pieces).toString();
    }
  }
}

async function isGoaway(code: number, ...frames: readonly Buffer[]): Promise<void> {
  assert.equal(await new RawClient().open(...frames).goaway(), code);
}

async function isReset(code: number, ...frames: readonly Buffer[]): Promise<void> {
  const client = new RawClient().open(...frames);
  assert.equal(await client.reset(1), code);
  // The connection goes on.
  client.send(begin(9), data(9, 'on'));
  assert.equal(await client.body(9), 'on');
  client.socket.destroy();
}

/** Status, trailers and body of a request by node's own client. */
async function request(
  session: ClientHttp2Session,
  body: Buffer,
  headers: Record<string, string> = {},
): Promise<{ body: Buffer; trailers: IncomingHttpHeaders }> {
  const stream = session.request({ ':method': 'POST', ...headers });
  const pieces: Buffer[] = [];
  let trailers: IncomingHttpHeaders = {};
  stream.on('trailers', (got: IncomingHttpHeaders) => (trailers = got));
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  stream.end(body);
  await once(stream, 'close');
  return { body: Buffer.concat(pieces), trailers };
}

describe('HTTP/2 connection', () => {
  beforeEach(async () => {
    serve = echo;
    options = { maxStreams: 1000, headersLimitBytes: 16_384, handshakeMs: LIMIT_MS, headersMs: LIMIT_MS };
    connections = [];
    sockets = [];
    server = createServer((socket) => {
      const connection = new Http2Connection(socket, options);
      connections.push(connection);
      sockets.push(socket);
      connection.on('stream', (stream, headers) => {
        serve(stream, headers);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });

  afterEach(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const connection of connections) connection.destroy();
    await closed;
  });

  it('understands the headers of another implementation, and is understood', async () => {
    const seen: RequestHeaders[] = [];
    serve = (stream, headers) => {
      seen.push(headers);
      echo(stream);
    };
    const session = http2Connect(`http://127.0.0.1:${port}`);
    const name = fc.stringMatching(/^x-[a-z0-9!#$%&'*+.^_`|~-]{1,20}$/);
    // All octets that a value may hold.
    const octet = fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x7f);
    const value = fc.array(octet, { maxLength: 60 }).map((codes) => String.fromCharCode(...codes));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value, { noNullPrototype: true }), async (headers) => {
        const { trailers } = await request(session, Buffer.alloc(0), headers);
        assert.equal(trailers['done'], 'yes');
        const got = seen.pop();
        for (const [key, text] of Object.entries(headers)) assert.equal(got?.get(key), text);
      }),
      { numRuns: 200 },
    );
    session.destroy();
  });

  it('sends answers of any size through windows of any size', async () => {
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    for (const initialWindowSize of [1, 1000, 65_535, 2 ** 20]) {
      const session = http2Connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize } });
      const sizes = initialWindowSize === 1 ? [0, 1, 50] : [0, 1, 70_000, 300_000];
      const answers = await Promise.all(sizes.map((size) => request(session, body.subarray(0, size))));
      answers.forEach(({ body: got, trailers }, index) => {
        assert.ok(got.equals(body.subarray(0, sizes[index])), `${sizes[index]} through ${initialWindowSize}`);
        assert.equal(trailers['done'], 'yes');
      });
      session.destroy();
    }
  });

  it('takes uploads of any size, padded ones too', async () => {
    let bytes = 0;
    serve = (stream) => {
      stream.onData = (piece) => {
        bytes += piece.length;
        stream.consumed(piece.length);
      };
      stream.onEnd = () => {
        answer(stream, Buffer.from(String(bytes)));
      };
    };
    const session = http2Connect(`http://127.0.0.1:${port}`);
    const { body } = await request(session, Buffer.alloc(40 * 2 ** 20));
    assert.equal(body.toString(), String(40 * 2 ** 20));
    session.destroy();
    // 100 bytes of body and 256 of padding each: with the padding more than the window of a stream.
    bytes = 0;
    const client = new RawClient().open(begin(1));
    const padded = frame(FRAME.data, FLAG.padded, 1, Buffer.concat([Buffer.from([255]), Buffer.alloc(100 + 255, 7)]));
    for (let count = 0; count < 5000; count += 1) client.send(padded);
    client.send(data(1));
    assert.equal(await client.body(1), '500000');
    client.socket.destroy();
  });

  it('lets a client send no more than was read', async () => {
    let stream: Http2Stream | undefined;
    serve = (begun) => {
      stream = begun;
      begun.onData = () => undefined;
    };
    const client = new RawClient().open(begin(1));
    const piece = data(1, Buffer.alloc(16_384), 0);
    for (let sent = 0; sent < 2 ** 20; sent += 16_384) client.send(piece);
    client.send(data(1, 'more', 0));
    assert.equal(await client.reset(1), CODE.flowControlError);
    assert.equal(stream?.isClosed, true);
    client.socket.destroy();
  });

  it('shares the window of a connection among its streams', async () => {
    serve = (stream) => {
      answer(stream, Buffer.alloc(60_000, 'a'));
    };
    const client = new RawClient().open(settings([SETTING.initialWindowSize, 2 ** 20]), begin(1), begin(3), begin(5));
    const got = new Map<number, number>();
    let granted = 65_535;
    for (let total = 0; total < 180_000;) {
      const { streamId, payload } = await client.next(({ type }) => type === FRAME.data);
      total += payload.length;
      assert.ok(total <= granted, 'more than the window');
      got.set(streamId, (got.get(streamId) ?? 0) + payload.length);
      if (total === granted) {
        granted += 10_000;
        client.send(numberFrame(FRAME.windowUpdate, 0, 10_000));
      }
    }
    assert.deepEqual(
      [...got],
      [
        [1, 60_000],
        [3, 60_000],
        [5, 60_000],
      ],
    );
    client.socket.destroy();
  });

  it('follows windows that shrink below nothing', async () => {
    serve = (stream) => {
      answer(stream, Buffer.alloc(30_000, 'a'));
    };
    const client = new RawClient().open(settings([SETTING.initialWindowSize, 20_000]), begin(1));
    for (let total = 0; total < 20_000;) total += (await client.next(({ type }) => type === FRAME.data)).payload.length;
    client.send(settings([SETTING.initialWindowSize, 5000]), numberFrame(FRAME.windowUpdate, 1, 14_999));
    client.send(frame(FRAME.ping, 0, 0, 'are you?'));
    const quiet = await client.next(({ type }) => type === FRAME.data || type === FRAME.ping);
    assert.equal(quiet.type, FRAME.ping);
    client.send(numberFrame(FRAME.windowUpdate, 1, 2));
    assert.equal((await client.next(({ type }) => type === FRAME.data)).payload.length, 1);
    client.send(settings([SETTING.initialWindowSize, 65_535]));
    assert.equal((await client.body(1)).length, 9999);
    client.socket.destroy();
  });

  it('keeps to old settings up to their acknowledgement', async () => {
    serve = (stream) => {
      answer(stream, Buffer.alloc(30_000, 'a'));
    };
    const client = new RawClient().open(settings([SETTING.initialWindowSize, 10]), begin(1));
    assert.equal((await client.next(({ type }) => type === FRAME.data)).payload.length, 10);
    client.send(settings([SETTING.headerTableSize, 0], [SETTING.initialWindowSize, 2 ** 20]));
    const first = await client.next(() => true);
    assert.deepEqual([first.type, first.flags], [FRAME.settings, FLAG.ack]);
    assert.equal((await client.body(1)).length, 29_990);
    client.socket.destroy();
  });

  it('says when an answer has been sent', async () => {
    const events: string[] = [];
    let inform = (): void => undefined;
    serve = (stream) => {
      stream.respond(OK);
      stream.write(Buffer.alloc(20));
      stream.whenFlushed(() => {
        events.push(stream.isClosed ? 'lost' : 'sent');
        inform();
      });
    };
    const client = new RawClient().open(settings([SETTING.initialWindowSize, 10]), begin(1), begin(3));
    for (const streamId of [1, 3]) await client.next((got) => got.type === FRAME.data && got.streamId === streamId);
    assert.deepEqual(events, []);
    const [sent, lost] = [1, 2].map(
      (count) =>
        new Promise<void>((resolve) => {
          const before = inform;
          inform = () => {
            before();
            if (events.length === count) resolve();
          };
        }),
    );
    client.send(numberFrame(FRAME.windowUpdate, 1, 10));
    await sent;
    client.send(numberFrame(FRAME.rstStream, 3, CODE.cancel));
    await lost;
    assert.deepEqual(events, ['sent', 'lost']);
    client.socket.destroy();
  });

  it('does not wait for ever for a client to begin', async () => {
    options = { ...options, handshakeMs: 20 };
    for (const start of [Buffer.alloc(0), PREFACE.subarray(0, 5), PREFACE])
      await once(new RawClient().send(start).socket, 'close');
  });

  it('does not wait for ever for the rest of the headers', async () => {
    options = { ...options, headersMs: 20 };
    await isGoaway(CODE.enhanceYourCalm, frame(FRAME.headers, 0, 1, block()));
  });

  it('ends a connection whose headers have very many fields, or whose calls come to nothing again and again', async () => {
    const tiny = Buffer.from([0x40, 1, 0x61, 0]);
    await isGoaway(CODE.enhanceYourCalm, begin(1, Buffer.concat(Array<Buffer>(1025).fill(tiny))));
    const calls = Array.from({ length: 15_000 }, (_, index) => index * 2 + 1);
    const code = Buffer.from([0, 0, 0, CODE.cancel]);
    await isGoaway(
      CODE.enhanceYourCalm,
      ...calls.flatMap((streamId) => [begin(streamId), frame(FRAME.rstStream, 0, streamId, code)]),
    );
  });

  it('splits answers as the client asks', async () => {
    serve = (stream) => {
      answer(stream, Buffer.alloc(40_000));
    };
    const client = new RawClient().open(begin(1));
    assert.equal((await client.next(({ type }) => type === FRAME.data)).payload.length, 16_384);
    client.socket.destroy();
  });

  it('reads headers in any split, with padding and a priority', async () => {
    const whole = block(['x', 'value']);
    serve = (stream, headers) => {
      answer(stream, Buffer.from(headers.get('x') ?? ''));
    };
    const client = new RawClient().open();
    for (let at = 0; at <= whole.length; at += 1) {
      const id = at * 2 + 1;
      client.send(
        frame(FRAME.headers, FLAG.endStream, id, whole.subarray(0, at)),
        frame(FRAME.continuation, 0, id),
        frame(FRAME.continuation, FLAG.endHeaders, id, whole.subarray(at)),
      );
      assert.equal(await client.body(id), 'value');
    }
    const dressed = Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 16]), whole, Buffer.alloc(3)]);
    client.send(frame(FRAME.headers, FLAG.endHeaders | FLAG.padded | FLAG.priority | FLAG.endStream, 1001, dressed));
    assert.equal(await client.body(1001), 'value');
    client.socket.destroy();
  });

  it('passes over frames and settings of no meaning', async () => {
    const client = new RawClient().open(
      settings([0x99, 1], [SETTING.enablePush, 0]),
      frame(0x42, 0xff, 7, 'what'),
      frame(FRAME.priority, 0, 1, Buffer.alloc(5)),
      begin(1),
      frame(0x42, 0, 1),
      data(1, 'body'),
      numberFrame(FRAME.windowUpdate, 1, 100),
      numberFrame(FRAME.rstStream, 1, CODE.cancel),
      frame(FRAME.ping, FLAG.ack, 0, 'unasked!'),
    );
    assert.equal(await client.body(1), 'body');
    client.socket.destroy();
  });

  it('ends a request by trailers', async () => {
    const client = new RawClient().open(begin(1), data(1, 'body', 0));
    client.send(frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, 1, blockOf(['x', 'y'])));
    assert.equal(await client.body(1), 'body');
    client.socket.destroy();
  });

  it('answers pings, and asks', async () => {
    const client = new RawClient().open(frame(FRAME.ping, 0, 0, '12345678'));
    const answered = await client.next(({ type }) => type === FRAME.ping);
    assert.deepEqual([answered.flags, answered.payload.toString()], [FLAG.ack, '12345678']);
    const alive = new Promise<void>((resolve) => {
      connections[0]?.ping(resolve);
    });
    const { payload } = await client.next(({ type }) => type === FRAME.ping);
    client.send(frame(FRAME.ping, FLAG.ack, 0, payload));
    await alive;
    client.socket.destroy();
  });

  it('ends connections that break the rules, and says which', async () => {
    const { protocolError, frameSizeError, flowControlError, compressionError, enhanceYourCalm } = CODE;
    assert.equal(await new RawClient().send(Buffer.from('GET / HTTP/1.1\r\n\r\n')).goaway(), protocolError);
    assert.equal(await new RawClient().send(PREFACE, begin(1)).goaway(), protocolError);
    // frames of a length that they cannot have
    await isGoaway(frameSizeError, begin(1), Buffer.from([0, 0x40, 1, 0, 0, 0, 0, 0, 1]));
    for (const type of [FRAME.priority, FRAME.rstStream, FRAME.windowUpdate])
      await isGoaway(frameSizeError, begin(1), frame(type, 0, 1, '123'));
    for (const type of [FRAME.settings, FRAME.ping, FRAME.goaway])
      await isGoaway(frameSizeError, frame(type, 0, 0, '123'));
    await isGoaway(frameSizeError, frame(FRAME.settings, FLAG.ack, 0, '123456'));
    await isGoaway(frameSizeError, frame(FRAME.headers, FLAG.endHeaders | FLAG.priority, 1, '123'));
    // of streams that they cannot belong to
    for (const type of [FRAME.data, FRAME.headers, FRAME.priority, FRAME.rstStream])
      await isGoaway(protocolError, frame(type, 0, 0, '1234'));
    for (const type of [FRAME.settings, FRAME.ping, FRAME.goaway])
      await isGoaway(protocolError, frame(type, 0, 1, '12345678'));
    for (const type of [FRAME.data, FRAME.rstStream, FRAME.windowUpdate]) {
      await isGoaway(protocolError, begin(1), frame(type, 0, 3, '1234'));
      await isGoaway(protocolError, begin(3), frame(type, 0, 2, '1234'));
    }
    await isGoaway(protocolError, begin(2));
    // that may not be there
    await isGoaway(protocolError, frame(FRAME.pushPromise, 0, 1, '12345678'));
    await isGoaway(protocolError, frame(FRAME.continuation, FLAG.endHeaders, 1));
    await isGoaway(protocolError, frame(FRAME.headers, 0, 1, block()), frame(FRAME.ping, 0, 0, '12345678'));
    await isGoaway(protocolError, frame(FRAME.headers, 0, 1, block()), frame(FRAME.continuation, FLAG.endHeaders, 3));
    // with contents that make no sense
    await isGoaway(protocolError, begin(1), frame(FRAME.data, FLAG.padded, 1, Buffer.from([9, 1, 2])));
    await isGoaway(protocolError, begin(1), frame(FRAME.data, FLAG.padded, 1));
    await isGoaway(compressionError, begin(1, Buffer.from([0x80])));
    await isGoaway(protocolError, settings([SETTING.enablePush, 2]));
    for (const size of [16_383, 2 ** 24]) await isGoaway(protocolError, settings([SETTING.maxFrameSize, size]));
    await isGoaway(flowControlError, settings([SETTING.initialWindowSize, 2 ** 31]));
    await isGoaway(
      flowControlError,
      begin(1),
      numberFrame(FRAME.windowUpdate, 1, 2 ** 30),
      settings([SETTING.initialWindowSize, 2 ** 30]),
    );
    await isGoaway(flowControlError, numberFrame(FRAME.windowUpdate, 0, 2 ** 31 - 1));
    await isGoaway(protocolError, numberFrame(FRAME.windowUpdate, 0, 0));
    // headers without an end
    const more = frame(FRAME.continuation, 0, 1, Buffer.alloc(16_384, 0x82));
    await isGoaway(enhanceYourCalm, frame(FRAME.headers, 0, 1), ...Array.from({ length: 17 }, () => more));
    const nothing = frame(FRAME.continuation, 0, 1);
    await isGoaway(enhanceYourCalm, frame(FRAME.headers, 0, 1), ...Array.from({ length: 300 }, () => nothing));
  });

  it('resets streams that break the rules, and goes on with the connection', async () => {
    const { protocolError, flowControlError, streamClosed } = CODE;
    for (const fields of [
      [['X', 'capital']],
      [['', 'no name']],
      [['a b', 'space']],
      [['a', 'line\nbreak']],
      [['a', '\0']],
      [['connection', 'close']],
      [['transfer-encoding', 'chunked']],
      [[':method', 'POST']],
      [[':status', '200']],
      [
        ['a', 'b'],
        [':authority', 'late'],
      ],
    ] as const)
      await isReset(protocolError, begin(1, block(...fields)));
    await isReset(protocolError, begin(1), numberFrame(FRAME.windowUpdate, 1, 0));
    await isReset(flowControlError, begin(1), numberFrame(FRAME.windowUpdate, 1, 2 ** 31 - 1));
    // trailers that do not end, or are none
    await isReset(protocolError, begin(1), frame(FRAME.headers, FLAG.endHeaders, 1, blockOf(['x', 'y'])));
    await isReset(protocolError, begin(1), frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, 1, block()));
    // what comes after the end, while the answer is not there yet
    serve = (stream, headers) => {
      if (headers.get('wait') === undefined) echo(stream);
    };
    const waits = begin(1, block(['wait', 'yes']));
    await isReset(streamClosed, waits, data(1), data(1));
    await isReset(streamClosed, waits, data(1), frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, 1, block()));
  });

  it('does not serve a number twice', async () => {
    const client = new RawClient().open(begin(3), data(3, 'first'));
    assert.equal(await client.body(3), 'first');
    for (const id of [1, 3]) assert.equal(await client.send(begin(id)).reset(id), CODE.streamClosed);
    client.socket.destroy();
  });

  it('keeps the table of fields right over streams that it resets', async () => {
    serve = (stream, headers) => {
      answer(stream, Buffer.from(headers.get('x') ?? ''));
    };
    const [refused, request_] = [block(['X', 'capital']), block()];
    // x: y enters the table with a request that is refused, and is named by its number in the next
    const added = Buffer.from([0x40, 1, 0x78, 1, 0x79]);
    const client = new RawClient().open(
      begin(1, Buffer.concat([refused, added])),
      begin(3, Buffer.concat([request_, Buffer.from([0xbe])])),
    );
    assert.equal(await client.body(3), 'y');
    client.socket.destroy();
  });

  it('refuses more streams than it takes', async () => {
    options = { ...options, maxStreams: 2 };
    const client = new RawClient().open(begin(1), begin(3), begin(5));
    assert.equal(await client.reset(5), CODE.refusedStream);
    client.send(data(1, 'one'));
    assert.equal(await client.body(1), 'one');
    client.send(begin(7), data(7, 'next'));
    assert.equal(await client.body(7), 'next');
    client.socket.destroy();
  });

  it('announces its limits, also where they are more than HTTP/2 can say', async () => {
    options = { ...options, maxStreams: -1, headersLimitBytes: 2 ** 40 };
    const { payload } = await new RawClient().open().next(({ type }) => type === FRAME.settings);
    const values = Array.from({ length: payload.length / 6 }, (_, index) => [
      payload.readUInt16BE(index * 6),
      payload.readUInt32BE(index * 6 + 2),
    ]);
    assert.deepEqual(values, [
      [SETTING.maxConcurrentStreams, 0],
      [SETTING.initialWindowSize, 2 ** 20],
      [SETTING.maxHeaderListSize, 2 ** 32 - 1],
    ]);
  });

  it('tells a client that does not end its request that the answer is complete', async () => {
    serve = (stream) => {
      answer(stream, Buffer.from('enough'));
    };
    const client = new RawClient().open(begin(1));
    assert.equal(await client.body(1), 'enough');
    assert.equal(await client.reset(1), CODE.noError);
    // what was on its way is dropped, and its bytes are given back
    for (let count = 0; count < 2000; count += 1) client.send(data(1, Buffer.alloc(16_384), 0));
    client.send(begin(3, block()), data(3));
    assert.equal(await client.body(3), 'enough');
    client.socket.destroy();
  });

  it('says when a stream is over: answered, reset by either side, or lost with its connection', async () => {
    const ended: number[] = [];
    let inform = (): void => undefined;
    serve = (stream, headers) => {
      stream.whenClosed(() => {
        ended.push(stream.id);
        inform();
      });
      if (headers.get('wait') === undefined) echo(stream);
    };
    const until = (count: number): Promise<void> =>
      new Promise((resolve) => {
        inform = () => {
          if (ended.length === count) resolve();
        };
        inform();
      });
    const waits = block(['wait', 'yes']);
    const client = new RawClient().open(begin(1), data(1), begin(3, waits), begin(5, waits), begin(7, waits));
    client.send(numberFrame(FRAME.rstStream, 3, CODE.cancel), numberFrame(FRAME.windowUpdate, 5, 0));
    await until(3);
    assert.deepEqual(ended, [1, 3, 5]);
    assert.equal(connections[0]?.openStreams, 1);
    client.socket.destroy();
    await until(4);
    assert.equal(connections[0].openStreams, 0);
  });

  /** Has the server close, and plays the client's part up to its knowing so. */
  async function seeClosing(client: RawClient): Promise<{ closing: Promise<void> | undefined }> {
    client.send(frame(FRAME.ping, 0, 0, 'arrived?'));
    await client.next(({ type }) => type === FRAME.ping);
    const closing = connections[0]?.close(100);
    const { payload } = await client.next(({ type }) => type === FRAME.goaway);
    assert.deepEqual([payload.readUInt32BE(0), payload.readUInt32BE(4)], [2 ** 31 - 1, CODE.noError]);
    return { closing };
  }

  it('finishes what it has begun when it closes, and what was on its way, and takes nothing new', async () => {
    const streams: Http2Stream[] = [];
    serve = (stream) => streams.push(stream);
    const client = new RawClient().open(begin(1), data(1));
    const { closing } = await seeClosing(client);
    // sent before the client knew
    client.send(begin(3), data(3), frame(FRAME.ping, FLAG.ack, 0, Buffer.alloc(8)));
    await closing;
    const { payload } = await client.next(({ type }) => type === FRAME.goaway);
    assert.deepEqual([payload.readUInt32BE(0), payload.readUInt32BE(4)], [3, CODE.noError]);
    assert.equal(await client.send(begin(5)).reset(5), CODE.refusedStream);
    const closed = once(client.socket, 'close');
    for (const stream of streams) answer(stream, Buffer.from('last'));
    assert.equal(await client.body(3), 'last');
    await closed;
  });

  it('closes although a client does not say that it knows, or does not read its answer', async () => {
    serve = (stream) => {
      answer(stream, Buffer.alloc(100_000));
    };
    const client = new RawClient().open(begin(1), data(1));
    const closed = once(client.socket, 'close');
    const { closing } = await seeClosing(client);
    await closing;
    connections[0]?.dropUnread(50);
    assert.equal(await client.reset(1), CODE.cancel);
    await closed;
  });

  it('closes with a client that does, when its answers are sent', async () => {
    const client = new RawClient().open(begin(1), frame(FRAME.goaway, 0, 0, Buffer.alloc(8)), data(1, 'last'));
    assert.equal(await client.body(1), 'last');
    await once(client.socket, 'close');
  });

  it('is closed to a client that breaks the rules, keeps its side open and goes on sending', async () => {
    const client = new RawClient({ allowHalfOpen: true }).open(begin(2));
    const closed = new Promise<boolean>((resolve) => {
      client.socket.once('close', () => {
        resolve(true);
      });
    });
    const sent = (): Promise<boolean> =>
      new Promise((resolve) => {
        client.socket.write(frame(FRAME.ping, 0, 0, '12345678'), () => setImmediate(resolve, false));
      });
    while (!(await Promise.race([closed, sent()])));
  });

  it('survives frames in any order', async () => {
    const flags = fc.nat(0xff);
    const streamId = fc.constantFrom(0, 1, 1, 3, 3, 5, 4, 7);
    const octets = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    const wholeBlock = fc.constantFrom(block(), block(['te', 'trailers']), blockOf(['x', 'y']), Buffer.from([0x20]));
    const number = fc.constantFrom(0, 1, 65_535, 2 ** 31 - 1).map((value) => uint32(value));
    const any = fc
      .tuple(fc.nat(10), flags, streamId, fc.oneof(octets, wholeBlock, number))
      .map(([type, flag, id, payload]) => frame(type, flag, id, payload));
    const sound = fc.oneof(
      streamId.map((id) => begin(id)),
      fc.tuple(streamId, octets, fc.constantFrom(0, FLAG.endStream)).map(([id, body, flag]) => data(id, body, flag)),
      fc.tuple(fc.nat(7), fc.nat(2 ** 31)).map(([id, value]) => settings([id, value])),
      fc.tuple(streamId, fc.nat(2 ** 31)).map(([id, value]) => numberFrame(FRAME.windowUpdate, id, value)),
      streamId.map((id) => numberFrame(FRAME.rstStream, id, CODE.cancel)),
    );
    const ping = frame(FRAME.ping, 0, 0, 'are you?');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof({ weight: 4, arbitrary: sound }, any), { maxLength: 20 }), async (frames) => {
        const client = new RawClient().open(...frames, ping);
        const last = await client.next(
          ({ type, flags: set, payload }) =>
            type === FRAME.goaway || (type === FRAME.ping && set === FLAG.ack && payload.equals(ping.subarray(9))),
        );
        if (last.type === FRAME.goaway && last.payload.readUInt32BE(4) !== CODE.noError)
          await once(client.socket, 'close');
        client.socket.destroy();
      }),
      { seed: 20_261_128, numRuns: 1500, endOnFailure: true },
    );
    const client = new RawClient().open(begin(1), data(1, 'well'));
    assert.equal(await client.body(1), 'well');
    client.socket.destroy();
  });

  it('stops reading a client that does not read', async () => {
    const client = new RawClient().open();
    await client.next(({ type, flags }) => type === FRAME.settings && (flags & FLAG.ack) !== 0);
    client.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 5000 }, () => frame(FRAME.ping, 0, 0, 'flooding')));
    // Far more than the sockets of both sides hold.
    let isTaken = true;
    for (let count = 0; count < 1000 && isTaken; count += 1) {
      isTaken = client.socket.write(pings);
      if (isTaken) continue;
      const drained = once(client.socket, 'drain').then(() => true);
      const stuck = new Promise<boolean>((resolve) => {
        const look = (): void => {
          if (sockets[0]?.isPaused() === true) resolve(false);
          else setImmediate(look);
        };
        look();
      });
      isTaken = await Promise.race([drained, stuck]);
    }
    assert.equal(sockets[0]?.isPaused(), true);
    client.socket.resume();
    client.send(begin(1), data(1, 'well'));
    assert.equal(await client.body(1), 'well');
    client.socket.destroy();
  });
});
