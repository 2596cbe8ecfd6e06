import assert from 'node:assert/strict';
import { ConnectionLost, FLAG, FRAME, frameMessage, SETTING, uint32, type CallEnd } from '@serving-study/http2';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MemorySocket } from '../../testing/memory-socket.js';
import { ANSWER_HEADERS, block, frame, headers, RawGrpcReader, settings, wholeAnswer } from '../../testing/raw-grpc.js';
import { cut } from '../../testing/raw-server.js';
import { Exchange } from '../driver.js';
import { GrpcConnection } from './connection.js';

/** A connection without a network, with `calls` under way. */
class Rig {
  readonly socket = new MemorySocket();
  readonly ends = new Map<number, CallEnd>();
  readonly exchanges: Exchange[] = [];
  readonly connection = new GrpcConnection({
    open: () => this.socket,
    headers: [{ name: ':path', value: '/a/b', recurs: true }],
    onEnd: (exchange, end) => {
      assert.equal(this.ends.has(exchange.input), false, 'ended twice');
      this.ends.set(exchange.input, end);
    },
  });
  readonly #memory = Buffer.alloc(1 << 20);

  constructor(calls: number) {
    for (let input = 0; input < calls; input++) this.call(`request ${input}`);
  }

  call(message: string): void {
    const exchange = new Exchange(this.exchanges.length, 0, 0);
    this.exchanges.push(exchange);
    this.connection.send(exchange, frameMessage(Buffer.from(message)));
  }

  /** As from a network: memory that is used again after the call. */
  receive(bytes: Buffer): void {
    if (this.socket.isClosed) return;
    bytes.copy(this.#memory);
    this.connection.onBytes(this.#memory.subarray(0, bytes.length));
    this.#memory.fill(0xee, 0, bytes.length);
  }
}

const streamOf = (input: number): number => 2 * input + 1;
const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 });

/** One stream's frames of a right answer, split and padded in some way. */
const answerFrames = (input: number): fc.Arbitrary<Buffer[]> =>
  fc
    .record({
      pieces: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 5 }),
      padding: fc.option(fc.nat(20), { nil: undefined }),
      isSplit: fc.boolean(),
    })
    .map(({ pieces, padding, isSplit }) => {
      const id = streamOf(input);
      const framed = frameMessage(Buffer.from(`answer to ${input} ${'.'.repeat(7 * input)}`));
      const pad = (payload: Buffer): Buffer =>
        padding === undefined ? payload : Buffer.concat([Buffer.of(padding), payload, Buffer.alloc(padding)]);
      const flags = padding === undefined ? 0 : FLAG.padded;
      const fields = block({ ...ANSWER_HEADERS, 'x-input': String(input) });
      const opening = isSplit
        ? // CONTINUATION must follow at once: one piece of the interleaving.
          Buffer.concat([
            frame(FRAME.headers, flags, id, pad(fields.subarray(0, 9))),
            frame(FRAME.continuation, FLAG.endHeaders, id, fields.subarray(9)),
          ])
        : frame(FRAME.headers, flags | FLAG.endHeaders, id, pad(fields));
      return [
        opening,
        ...cut(framed, pieces).map((piece) => frame(FRAME.data, flags, id, pad(piece))),
        headers(id, { 'grpc-status': '0' }, true),
      ];
    });

/** Frames of several streams in any order that keeps each stream's own. */
const interleaved: fc.Arbitrary<{ calls: number; frames: Buffer[] }> = fc
  .integer({ min: 1, max: 6 })
  .chain((calls) =>
    fc.record({
      calls: fc.constant(calls),
      streams: fc.tuple(...Array.from({ length: calls }, (_, input) => answerFrames(input))),
      turns: fc.array(fc.nat(1000), { minLength: 60, maxLength: 60 }),
    }),
  )
  .map(({ calls, streams, turns }) => {
    const left = streams.map((frames) => [...frames]);
    const frames: Buffer[] = [settings()];
    for (let turn = 0; left.some((each) => each.length > 0); turn++) {
      const open = left.filter((each) => each.length > 0);
      frames.push(open[(turns[turn % turns.length] ?? 0) % open.length]?.shift() ?? Buffer.alloc(0));
    }
    return { calls, frames };
  });

const anyFrame: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: 0, max: 11 }),
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 0, max: 9 }),
      fc.uint8Array({ maxLength: 40 }),
    )
    .map(([type, flags, streamId, payload]) => frame(type, flags, streamId, Buffer.from(payload))),
  fc.integer({ min: 0, max: 5 }).chain((input) => answerFrames(input).map((frames) => Buffer.concat(frames))),
  fc.constantFrom(
    settings([SETTING.initialWindowSize, 0]),
    settings([SETTING.initialWindowSize, 70_000]),
    settings([SETTING.maxConcurrentStreams, 0]),
    settings([SETTING.maxFrameSize, 2 ** 24 - 1]),
    settings([SETTING.headerTableSize, 0]),
    frame(FRAME.goaway, 0, 0, Buffer.concat([uint32(3), uint32(0)])),
    frame(FRAME.rstStream, 0, 3, uint32(8)),
    frame(FRAME.windowUpdate, 0, 0, uint32(100)),
    headers(1, { ':status': '404' }, true),
  ),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);

describe('gRPC connection', () => {
  it('gives every answer to its own call, however frames are mixed and bytes are cut', () => {
    fc.assert(
      fc.property(interleaved, sizes, ({ calls, frames }, pieces) => {
        const rig = new Rig(calls);
        for (const piece of cut(Buffer.concat(frames), pieces)) rig.receive(piece);
        assert.equal(rig.ends.size, calls);
        for (const [input, end] of rig.ends) {
          assert.equal(end.kind === 'message' && end.message.toString(), `answer to ${input} ${'.'.repeat(7 * input)}`);
        }
        assert.equal(rig.connection.takesCalls, true);
      }),
    );
  });

  it('survives any frames: each call ends at most once, all of them when it closes, and nothing is sent after that', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 30 }), sizes, fc.nat(9), (frames, pieces, abandoned) => {
        const rig = new Rig(5);
        for (const [index, piece] of cut(Buffer.concat([settings(), ...frames]), pieces).entries()) {
          rig.receive(piece);
          const given = rig.exchanges[abandoned];
          if (index !== abandoned || given === undefined || rig.ends.has(abandoned)) continue;
          given.carrier?.abandon(given);
          rig.ends.set(abandoned, { kind: 'lost', error: new ConnectionLost('abandoned') });
        }
        if (rig.connection.hasRoom) rig.call('one more');
        if (!rig.socket.isClosed) rig.connection.onEnd();
        assert.equal(rig.connection.takesCalls, false);
        assert.deepEqual([...rig.ends.keys()].sort(), [...rig.exchanges.keys()]);
      }),
      { numRuns: 500 },
    );
  });

  it('sends each message whole and within the windows, whatever a server does to them', () => {
    const step = fc.oneof(
      fc.nat(40_000).map((size) => ({ kind: 'initial' as const, size })),
      fc.integer({ min: 1, max: 30_000 }).map((size) => ({ kind: 'connection' as const, size })),
      fc.record({ kind: fc.constant('stream' as const), size: fc.integer({ min: 1, max: 30_000 }), call: fc.nat(2) }),
      fc.integer({ min: 0, max: 2 ** 20 }).map((size) => ({ kind: 'unsent' as const, size })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const rig = new Rig(0);
        const messages = [60_000, 10, 50_000].map((length, index) => String(index).repeat(length));
        for (const message of messages) rig.call(message);
        const sentTo = (): number[] => {
          const lengths = [0, 0, 0];
          for (const { streamId, length } of dataFrames(Buffer.concat(rig.socket.sent)))
            lengths[(streamId - 1) / 2] = (lengths[(streamId - 1) / 2] ?? 0) + length;
          return lengths;
        };
        let [initial, total] = [65_535, 65_535];
        const credits = [0, 0, 0];
        rig.receive(settings());
        for (const each of steps) {
          const before = sentTo();
          if (each.kind === 'initial') {
            initial = each.size;
            rig.receive(settings([SETTING.initialWindowSize, initial]));
          } else if (each.kind === 'connection') {
            total += each.size;
            rig.receive(frame(FRAME.windowUpdate, 0, 0, uint32(each.size)));
          } else if (each.kind === 'stream') {
            credits[each.call] = (credits[each.call] ?? 0) + each.size;
            rig.receive(frame(FRAME.windowUpdate, 0, streamOf(each.call), uint32(each.size)));
          } else {
            rig.socket.unsentBytes = each.size;
            if (each.size === 0) rig.connection.onDrain();
          }
          const now = sentTo();
          assert.ok(now.reduce((sum, length) => sum + length) <= total);
          now.forEach((length, call) => {
            if (length > (before[call] ?? 0)) assert.ok(length <= initial + (credits[call] ?? 0));
          });
        }
        rig.socket.unsentBytes = 0;
        rig.connection.onDrain();
        rig.receive(settings([SETTING.initialWindowSize, 200_000]));
        rig.receive(frame(FRAME.windowUpdate, 0, 0, uint32(200_000)));
        const received: string[] = [];
        const reader = new RawGrpcReader(({ message }) => received.push(message.toString()));
        for (const bytes of rig.socket.sent) reader.receive(bytes);
        assert.deepEqual(received.sort(), [...messages].sort());
      }),
    );
  });

  it('answers PING and SETTINGS, and holds no more than it must of a server that reads none of it', () => {
    const rig = new Rig(1);
    rig.socket.unsentBytes = 1;
    const flood = Buffer.concat(new Array<Buffer>(1000).fill(frame(FRAME.ping, 0, 0, Buffer.alloc(8))));
    rig.receive(settings());
    for (let turn = 0; turn < 2000 && !rig.socket.isClosed; turn++) rig.receive(flood);
    assert.ok(rig.socket.isClosed && rig.ends.get(0)?.kind === 'lost');
  });

  it('says that it takes no more calls once the server has said goodbye, and closes when the last has ended', () => {
    const rig = new Rig(2);
    rig.receive(Buffer.concat([settings(), frame(FRAME.goaway, 0, 0, Buffer.concat([uint32(3), uint32(0)]))]));
    assert.deepEqual([rig.connection.takesCalls, rig.socket.isClosed, rig.ends.size], [false, false, 0]);
    rig.receive(wholeAnswer(1, Buffer.from('a')));
    assert.equal(rig.socket.isClosed, false);
    rig.receive(wholeAnswer(3, Buffer.from('b')));
    assert.deepEqual([rig.socket.isClosed, rig.ends.size], [true, 2]);
  });
});

/** DATA in what a client has sent, preface and all. */
function* dataFrames(bytes: Buffer): Generator<{ streamId: number; length: number }> {
  for (let at = 24; at < bytes.length;) {
    const length = bytes.readUIntBE(at, 3);
    if (bytes[at + 3] === FRAME.data) yield { streamId: bytes.readUInt32BE(at + 5), length };
    at += 9 + length;
  }
}
