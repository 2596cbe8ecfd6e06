import assert from 'node:assert/strict';
import { CODE, FLAG, FRAME, frameMessage, SETTING, uint32 } from '@serving-study/http2';
import { after, before, describe, it } from 'node:test';
import { startGenerator, type Generator, type TrialOutcome, type TrialSpec } from './index.js';
import { aRequest, aSpec, samplesOf } from './testing/a-spec.js';
import { METHOD } from './testing/grpc-answer-server.js';
import { predictResponse } from './testing/predict-response.js';
import {
  ANSWER_HEADERS,
  block,
  frame,
  headers,
  RawGrpcPeer,
  settings,
  startRawGrpc,
  wholeAnswer,
  type Fields,
} from './testing/raw-grpc.js';
import { cut, startRawServer, writePieces } from './testing/raw-server.js';

const MESSAGE = predictResponse([1, 2]);
const FRAMED = frameMessage(MESSAGE);
const TIMEOUT_MS = 400;
const ECONNRESET = 104;
const TRAILERS: Fields = { 'grpc-status': '0' };

const data = (streamId: number, payload: Buffer, flags = 0): Buffer => frame(FRAME.data, flags, streamId, payload);
const padded = (payload: Buffer): Buffer => Buffer.concat([Buffer.of(3), payload, Buffer.alloc(3)]);
const goaway = (lastId: number, text = ''): Buffer =>
  frame(FRAME.goaway, 0, 0, Buffer.concat([uint32(lastId), uint32(0), Buffer.from(text)]));
const around = (id: number, ...between: readonly Buffer[]): Buffer =>
  Buffer.concat([headers(id, ANSWER_HEADERS), ...between, headers(id, TRAILERS, true)]);

interface Case {
  readonly when: string;
  /** The second may be on its way when the first's connection ends: then it is lost with it. */
  readonly isRace?: boolean;
  /** What the first call of two gets, on stream 1; the second gets the right answer. */
  readonly first: (peer: RawGrpcPeer) => unknown;
  /** Outcome and code of the first. The second is right. */
  readonly end: readonly [outcome: string, ...codes: number[]];
  readonly reason?: RegExp;
  /** True when the second needs another connection. */
  readonly isLast?: boolean;
}
const ANSWERED = { end: ['ok', 0] } as const;
const LOST = { end: ['refused', 0], isLast: true } as const;
const says = (bytes: Buffer) => (peer: RawGrpcPeer) => {
  peer.write(bytes);
};
const saysInPieces =
  (bytes: Buffer, ...sizes: readonly number[]) =>
  (peer: RawGrpcPeer) =>
    writePieces(peer.socket, cut(bytes, sizes));

const SPLIT_HEADERS = Buffer.concat([
  frame(FRAME.headers, 0, 1, block({ ':status': '200', 'x-long': 'x'.repeat(300) })),
  frame(FRAME.continuation, 0, 1, block({ 'content-type': 'application/grpc' })),
  frame(FRAME.continuation, FLAG.endHeaders, 1),
  data(1, FRAMED),
  frame(FRAME.headers, FLAG.endStream, 1, block(TRAILERS)),
  frame(FRAME.continuation, FLAG.endHeaders, 1, block({ 'grpc-message': 'fine' })),
]);

const CASES: readonly Case[] = [
  {
    when: 'resets the connection',
    first: ({ socket }) => socket.resetAndDestroy(),
    end: ['refused', ECONNRESET],
    reason: /ECONNRESET/,
    isLast: true,
  },
  {
    when: 'ends the connection inside a frame',
    first: ({ socket }) => socket.end(wholeAnswer(1, MESSAGE).subarray(0, 60)),
    ...LOST,
    reason: /closed before the answer was whole/,
  },
  {
    when: 'ends the connection after its answer',
    isRace: true,
    first: ({ socket }) => socket.end(wholeAnswer(1, MESSAGE)),
    ...ANSWERED,
    isLast: true,
  },
  { when: 'answers byte by byte', first: saysInPieces(wholeAnswer(1, MESSAGE), 1), ...ANSWERED },
  {
    when: 'says goodbye to the call',
    first: says(goaway(0, 'upgrade')),
    ...LOST,
    reason: /GOAWAY, code 0: upgrade/,
  },
  {
    when: 'says goodbye and finishes the call',
    first: says(Buffer.concat([goaway(1), wholeAnswer(1, MESSAGE)])),
    ...ANSWERED,
    isLast: true,
  },
  {
    when: 'says goodbye while nothing is asked',
    isRace: true,
    first: says(Buffer.concat([wholeAnswer(1, MESSAGE), goaway(1)])),
    ...ANSWERED,
    isLast: true,
  },
  ...(
    [
      [CODE.refusedStream, 14, 'UNAVAILABLE'],
      [CODE.cancel, 1, 'CANCELLED'],
      [CODE.enhanceYourCalm, 8, 'RESOURCE_EXHAUSTED'],
      [CODE.noError, 13, 'INTERNAL'],
      [CODE.protocolError, 13, 'INTERNAL'],
      [4711, 13, 'INTERNAL'],
    ] as const
  ).map(([code, status, name]) => ({
    when: `resets the stream with code ${code}`,
    first: says(frame(FRAME.rstStream, 0, 1, uint32(code))),
    end: ['grpc-error', status] as const,
    reason: new RegExp(`gRPC ${name}: RST_STREAM, code ${code}`),
  })),
  {
    when: 'sends a status without a message',
    first: says(headers(1, { ...ANSWER_HEADERS, 'grpc-status': '5' }, true)),
    end: ['grpc-error', 5],
    reason: /gRPC NOT_FOUND$/,
  },
  {
    when: 'sends nothing but trailers',
    first: says(headers(1, { ...ANSWER_HEADERS, 'grpc-status': '8', 'grpc-message': 'too%20much%20%C3%A9' }, true)),
    end: ['grpc-error', 8],
    reason: /gRPC RESOURCE_EXHAUSTED: too much é/,
  },
  {
    when: 'sends a status of no meaning',
    first: says(headers(1, { ...ANSWER_HEADERS, 'grpc-status': '99999999999', 'grpc-message': '%' }, true)),
    end: ['grpc-error', 65_535],
    reason: /gRPC 99999999999: %/,
  },
  {
    when: 'sends a status behind a message',
    first: says(around(1, data(1, FRAMED)).subarray(0, -frame(FRAME.headers, 0, 1, block(TRAILERS)).length)),
    end: ['timeout', 0],
    reason: /without a whole answer/,
  },
  {
    when: 'compresses its message',
    first: says(around(1, data(1, Buffer.concat([Buffer.of(1), FRAMED.subarray(1)])))),
    end: ['grpc-error', 13],
    reason: /compressed, which was not asked for/,
  },
  {
    when: 'cuts its message',
    first: says(around(1, data(1, FRAMED.subarray(0, 9)))),
    end: ['grpc-error', 13],
    reason: /holds 4 bytes for a message of/,
  },
  {
    when: 'sends more than the message says',
    first: says(around(1, data(1, FRAMED), data(1, Buffer.of(1)))),
    end: ['grpc-error', 13],
    reason: /bytes for a message of/,
  },
  {
    when: 'sends two messages',
    first: says(around(1, data(1, FRAMED), data(1, FRAMED))),
    end: ['grpc-error', 13],
    reason: /bytes for a message of/,
  },
  { when: 'sends no message', first: says(around(1)), end: ['grpc-error', 13], reason: /holds no message/ },
  {
    when: 'knows no gRPC',
    first: says(Buffer.concat([headers(1, { ':status': '404' }), data(1, Buffer.from('not found'), FLAG.endStream)])),
    end: ['grpc-error', 2],
    reason: /no gRPC status in the answer \(HTTP 404\)/,
  },
  {
    when: 'pads its frames',
    first: says(
      Buffer.concat([
        frame(FRAME.headers, FLAG.endHeaders | FLAG.padded, 1, padded(block(ANSWER_HEADERS))),
        data(1, padded(FRAMED.subarray(0, 7)), FLAG.padded),
        data(1, padded(Buffer.alloc(0)), FLAG.padded),
        data(1, FRAMED.subarray(7)),
        frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream | FLAG.padded, 1, padded(block(TRAILERS))),
      ]),
    ),
    ...ANSWERED,
  },
  {
    when: 'pads a frame with more than it has',
    first: says(Buffer.concat([headers(1, ANSWER_HEADERS), data(1, Buffer.of(9, 1), FLAG.padded)])),
    ...LOST,
    reason: /more padding than payload/,
  },
  // Pieces that do not end where frames do: what has come of a block lies in memory that the next bytes are read into.
  {
    when: 'splits its headers into several frames',
    first: saysInPieces(SPLIT_HEADERS, 333, 37, 11),
    ...ANSWERED,
  },
  {
    when: 'sends a frame between those of its headers',
    first: says(Buffer.concat([frame(FRAME.headers, 0, 1, block(ANSWER_HEADERS)), data(1, FRAMED)])),
    ...LOST,
    reason: /a frame between HEADERS and their CONTINUATION/,
  },
  {
    when: 'goes on with headers that never began',
    first: says(frame(FRAME.continuation, FLAG.endHeaders, 1)),
    ...LOST,
    reason: /CONTINUATION without HEADERS/,
  },
  {
    when: 'sends headers without end',
    first: ({ socket }) =>
      writePieces(socket, [
        frame(FRAME.headers, 0, 1, block(ANSWER_HEADERS)),
        ...Array.from({ length: 300 }, () => frame(FRAME.continuation, 0, 1, block({ a: 'b'.repeat(5000) }))),
      ]),
    ...LOST,
    reason: /headers of more than 262144 bytes/,
  },
  {
    when: 'sends its message before its headers',
    first: says(data(1, FRAMED)),
    ...LOST,
    reason: /DATA before HEADERS/,
  },
  {
    when: 'sends headers that are none',
    first: says(frame(FRAME.headers, FLAG.endHeaders, 1, Buffer.from('ffffffffffff', 'hex'))),
    ...LOST,
    reason: /a header block with/,
  },
  {
    when: 'sends a frame larger than allowed',
    first: says(Buffer.concat([headers(1, ANSWER_HEADERS), data(1, Buffer.alloc(16_385))])),
    ...LOST,
    reason: /a frame of 16385 bytes, more than 16384/,
  },
  {
    when: 'sends frames of other kinds in between',
    first: says(
      around(
        1,
        frame(FRAME.ping, 0, 0, Buffer.alloc(8)),
        data(1, FRAMED.subarray(0, 3)),
        frame(0xee, 0xff, 1, Buffer.alloc(77)),
        settings([SETTING.maxConcurrentStreams, 10], [0x99, 1]),
        frame(FRAME.priority, 0, 1, Buffer.alloc(5)),
        data(1, Buffer.alloc(0)),
        frame(FRAME.windowUpdate, 0, 1, uint32(1)),
        data(1, FRAMED.subarray(3)),
      ),
    ),
    ...ANSWERED,
  },
  {
    when: 'pushes',
    first: says(frame(FRAME.pushPromise, FLAG.endHeaders, 1, Buffer.concat([uint32(2), block(ANSWER_HEADERS)]))),
    ...LOST,
    reason: /PUSH_PROMISE, which was forbidden/,
  },
  ...(
    [
      ['DATA', data(7, FRAMED)],
      ['HEADERS', headers(7, ANSWER_HEADERS)],
      ['RST_STREAM', frame(FRAME.rstStream, 0, 2, uint32(0))],
      ['WINDOW_UPDATE', frame(FRAME.windowUpdate, 0, 9, uint32(1))],
    ] as const
  ).map(([name, bytes]) => ({
    when: `sends ${name} on a stream that never began`,
    first: says(bytes),
    ...LOST,
    reason: new RegExp(`${name} on stream \\d, which never began`),
  })),
  {
    when: 'answers twice, and goes on',
    first: says(Buffer.concat([wholeAnswer(1, MESSAGE), wholeAnswer(1, predictResponse([5, 6])), data(1, FRAMED)])),
    ...ANSWERED,
  },
  {
    when: 'widens a window too far',
    first: says(frame(FRAME.windowUpdate, 0, 0, uint32(2 ** 31 - 1))),
    ...LOST,
    reason: /a window beyond 2\^31/,
  },
  {
    when: 'has its PINGs answered and does not read it',
    first: ({ socket }) => {
      socket.pause();
      return writePieces(
        socket,
        new Array<Buffer>(400).fill(
          Buffer.concat(new Array<Buffer>(8000).fill(frame(FRAME.ping, 0, 0, Buffer.alloc(8)))),
        ),
      );
    },
    ...LOST,
    reason: /does not read what it asks for/,
  },
  {
    when: 'never answers',
    first: () => undefined,
    end: ['timeout', 0],
    reason: /without a whole answer/,
  },
];

describe('a gRPC server that misbehaves', () => {
  let generator: Generator;
  before(async () => {
    generator = await startGenerator();
  });
  after(() => generator[Symbol.asyncDispose]());

  async function run(
    address: string,
    overrides: Partial<TrialSpec> = {},
  ): Promise<{ outcome: TrialOutcome; seen: (readonly [string, number])[] }> {
    const spec = aSpec(
      { kind: 'grpc', address, path: METHOD },
      {
        requests: ['first', 'second'].map((text) => aRequest(text, [1, 2])),
        order: Uint32Array.of(0, 1),
        load: { kind: 'open', schedule: Float64Array.of(0, 15e6) },
        durationMs: 20,
        timeoutMs: 10_000,
        ...overrides,
      },
    );
    const outcome = await generator.runTrial(spec);
    return { outcome, seen: (await samplesOf(spec)).map((sample) => [sample.outcome, sample.code] as const) };
  }
  for (const { when, first, end, reason, isLast = false, isRace = false } of CASES) {
    it(when, async () => {
      await using server = await startRawGrpc(({ streamId, message }, peer) => {
        if (message.toString() === 'first') first(peer);
        else peer.write(wholeAnswer(streamId, MESSAGE));
      });
      const isSlow = end[0] === 'timeout';
      const { outcome, seen } = await run(server.address, {
        load: { kind: 'open', schedule: Float64Array.of(0, isSlow ? (TIMEOUT_MS + 50) * 1e6 : 15e6) },
        // The second is sent only if the first has ended by then.
        maxOutstanding: 1,
        timeoutMs: isSlow ? TIMEOUT_MS : 10_000,
        durationMs: isSlow ? TIMEOUT_MS + 60 : 20,
      });
      const reasons = outcome.failures.filter((failure) => !failure.startsWith('never-sent'));
      const [[firstEnd, firstCode] = ['nothing', 0], [secondEnd] = ['nothing']] = seen;
      assert.equal(firstEnd, end[0], outcome.failures.join());
      assert.ok(end.includes(firstCode), `code ${firstCode}`);
      if (isRace && secondEnd === 'refused') return;
      assert.ok(['ok', 'never-sent', isSlow ? 'timeout' : 'ok'].includes(secondEnd), outcome.failures.join());
      assert.match(reasons.join('\n'), reason ?? /^$/);
      if (secondEnd === 'ok') assert.equal(server.connections, isLast ? 2 : 1);
      if (isSlow) assert.ok(outcome.generator.cpuShare < 0.95, `${outcome.generator.cpuShare} of a core`);
    });
  }

  it('speaks HTTP/1', async () => {
    await using server = await startRawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const { outcome, seen } = await run(server.address);
    assert.deepEqual(seen, [
      ['refused', 0],
      ['refused', 0],
    ]);
    assert.match(outcome.failures.join(), /the server answers in HTTP\/1$/);
  });

  it('begins with anything but SETTINGS', async () => {
    await using server = await startRawGrpc(
      () => undefined,
      (peer) => {
        peer.write(frame(FRAME.ping, 0, 0, Buffer.alloc(8)));
      },
    );
    const { outcome } = await run(server.address);
    assert.match(outcome.failures.join(), /the first frame is not SETTINGS/);
  });

  it('says goodbye to one of two calls', async () => {
    await using server = await startRawGrpc((_call, peer, index) => {
      if (index === 1) peer.write(goaway(1), wholeAnswer(1, MESSAGE));
    });
    const { seen } = await run(server.address, { load: { kind: 'open', schedule: new Float64Array(2) } });
    assert.deepEqual(seen.sort(), [
      ['ok', 0],
      ['refused', 0],
    ]);
  });

  it('stops reading', async () => {
    await using server = await startRawServer((socket) => {
      socket.write(settings());
      socket.write(frame(FRAME.windowUpdate, 0, 0, uint32(2 ** 30)));
      socket.pause();
    });
    const { outcome, seen } = await run(server.address, {
      timeoutMs: TIMEOUT_MS,
      durationMs: TIMEOUT_MS + 10,
      requests: [{ body: Buffer.alloc(8e6), expected: [] }],
      order: Uint32Array.of(0),
    });
    assert.deepEqual(seen, [
      ['timeout', 0],
      ['timeout', 0],
    ]);
    assert.ok(outcome.generator.cpuShare < 0.95, `${outcome.generator.cpuShare} of a core`);
  });

  it('shrinks the window below nothing while a message is sent, and widens it again', async () => {
    const large = Buffer.from(Uint32Array.from({ length: 60_000 }, (_, index) => index).buffer);
    let received: Buffer | undefined;
    await using server = await startRawGrpc(
      ({ streamId, message }, peer) => {
        received = message;
        peer.write(wholeAnswer(streamId, MESSAGE));
      },
      (peer) => {
        peer.write(settings());
        peer.onBegin = (streamId) => {
          // By now the client has used up the first window of 65 535 bytes, or will.
          peer.write(settings([SETTING.initialWindowSize, 0]), frame(FRAME.windowUpdate, 0, 0, uint32(2 ** 20)));
          peer.write(frame(FRAME.windowUpdate, 0, streamId, uint32(1000)));
          peer.write(frame(FRAME.windowUpdate, 0, streamId, uint32(100_000)));
          peer.write(settings([SETTING.initialWindowSize, 200_000]), settings([SETTING.initialWindowSize, 300_000]));
        };
      },
    );
    const { outcome, seen } = await run(server.address, {
      requests: [{ ...aRequest('', [1, 2]), body: large }],
      order: Uint32Array.of(0),
      load: { kind: 'open', schedule: Float64Array.of(0) },
    });
    assert.deepEqual([seen, outcome.failures], [[['ok', 0]], []]);
    assert.ok(received?.equals(large));
  });

  it('takes one call at a time', async () => {
    const open = new Set<number>();
    let [calls, most] = [0, 0];
    await using server = await startRawGrpc(
      ({ streamId }, peer) => {
        open.add(streamId);
        calls += 1;
        // Those of the first turn were sent before the client could know.
        if (calls > 4) most = Math.max(most, open.size);
        setImmediate(() => {
          open.delete(streamId);
          peer.write(wholeAnswer(streamId, MESSAGE));
        });
      },
      (peer) => {
        peer.write(settings([SETTING.maxConcurrentStreams, 1]));
      },
    );
    const { outcome, seen } = await run(server.address, {
      load: { kind: 'closed', concurrency: 4 },
      durationMs: 200,
    });
    assert.deepEqual([outcome.failures, most, seen.length], [[], 1, outcome.samples]);
    assert.ok(seen.length > 0 && seen.every(([end]) => end === 'ok'));
  });

  it('takes no call at all', async () => {
    await using server = await startRawGrpc(({ streamId }, peer) => {
      peer.write(settings([SETTING.maxConcurrentStreams, 0]), wholeAnswer(streamId, MESSAGE));
    });
    const { outcome, seen } = await run(server.address, {
      load: { kind: 'closed', concurrency: 1 },
      timeoutMs: TIMEOUT_MS,
      durationMs: TIMEOUT_MS + 100,
    });
    assert.ok(seen.length > 0 && seen.every(([end]) => end === 'timeout'));
    assert.match(outcome.failures.join(), /while it waited for a connection/);
  });

  it('keeps no table of headers', async () => {
    const paths = new Set<string>();
    await using server = await startRawGrpc(({ streamId, path }, peer, index) => {
      paths.add(path);
      const size = index % 2 === 0 ? 0 : 4096;
      peer.write(settings([SETTING.headerTableSize, size]), wholeAnswer(streamId, MESSAGE));
    });
    const { outcome, seen } = await run(server.address, { load: { kind: 'closed', concurrency: 3 } });
    assert.deepEqual([outcome.failures, [...paths]], [[], [METHOD]]);
    assert.ok(seen.length > 0);
  });

  it('answers before the request is whole: the stream is given up, so that it does not count any more', async () => {
    const peers: RawGrpcPeer[] = [];
    await using server = await startRawGrpc(
      () => undefined,
      (peer) => {
        peers.push(peer);
        peer.write(settings([SETTING.initialWindowSize, 10]));
        peer.onBegin = (streamId) => {
          peer.write(headers(streamId, { ...ANSWER_HEADERS, 'grpc-status': '8' }, true));
        };
      },
    );
    const { seen } = await run(server.address, {
      requests: [{ body: Buffer.alloc(1e6), expected: [] }],
      order: Uint32Array.of(0),
    });
    assert.deepEqual(seen, [
      ['grpc-error', 8],
      ['grpc-error', 8],
    ]);
    assert.deepEqual(
      peers
        .map(({ resets }) => resets)
        .flat()
        .sort(),
      [1, 3],
    );
  });
});
