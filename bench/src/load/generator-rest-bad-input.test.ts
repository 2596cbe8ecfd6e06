import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { startGenerator, type Generator, type TrialOutcome, type TrialSpec } from './index.js';
import { aRequest, aSpec, samplesOf } from './testing/a-spec.js';
import { RIGHT } from './testing/answer-server.js';
import { response, startRawRest } from './testing/raw-rest.js';
import { cut, startRawServer, writePieces } from './testing/raw-server.js';

const RIGHT_RESPONSE = response(RIGHT);
const CHUNKED = `HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n6;name="value"\r\n{"pred\r\n0011\r\n${RIGHT.slice(6)}\r\n0;last\r\nTrailer: one\r\nOther: two\r\n\r\n`;
const ECONNRESET = 104;
const TIMEOUT_MS = 400;
const LARGE_REQUEST = { body: Buffer.alloc(8e6, 'x'), expected: [] };

interface Case {
  readonly when: string;
  /** The second may be on its way when the first's connection ends: then it is lost with it. */
  readonly isRace?: boolean;
  /** What the first request of two gets; the second gets the right answer. */
  readonly first: (socket: Socket) => unknown;
  /** Outcome and code of the first. The second is always right. */
  readonly end: readonly [outcome: string, ...codes: number[]];
  readonly reason?: RegExp;
  /** How many connections the two take. */
  readonly connections: number;
  readonly spec?: Partial<TrialSpec>;
}

const CASES: readonly Case[] = [
  {
    when: 'resets inside the head',
    first: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Le');
      socket.resetAndDestroy();
    },
    // libuv tells a reset behind bytes as an end.
    end: ['refused', ECONNRESET, 0],
    reason: /read ECONNRESET|closed before the answer was whole/,
    connections: 2,
  },
  {
    when: 'resets before it says anything',
    first: (socket) => socket.resetAndDestroy(),
    end: ['refused', ECONNRESET],
    reason: /read ECONNRESET/,
    connections: 2,
  },
  {
    when: 'ends inside the body',
    first: (socket) => socket.end(RIGHT_RESPONSE.slice(0, -3)),
    end: ['refused', 0],
    reason: /closed before the answer was whole/,
    connections: 2,
  },
  {
    when: 'ends inside a chunk',
    first: (socket) => socket.end(CHUNKED.slice(0, 70)),
    end: ['refused', 0],
    reason: /closed before the answer was whole/,
    connections: 2,
  },
  {
    when: 'says Connection: close',
    first: (socket) => socket.end(response(RIGHT, 'Connection: close\r\n')),
    end: ['ok', 200],
    connections: 2,
  },
  {
    when: 'says Connection: close and does not',
    first: (socket) => socket.write(response(RIGHT, 'Connection: close\r\n')),
    end: ['ok', 200],
    connections: 2,
  },
  {
    when: 'closes after the answer without a word',
    isRace: true,
    first: (socket) => socket.end(RIGHT_RESPONSE),
    end: ['ok', 200],
    connections: 2,
  },
  {
    when: 'resets after the answer',
    isRace: true,
    first: (socket) => {
      socket.write(RIGHT_RESPONSE);
      socket.resetAndDestroy();
    },
    end: ['ok', 200],
    connections: 2,
  },
  {
    when: 'speaks HTTP/1.0',
    first: (socket) => socket.end(`HTTP/1.0 200 OK\r\n\r\n${RIGHT}`),
    end: ['ok', 200],
    connections: 2,
  },
  {
    when: 'speaks HTTP/1.0 and keeps the connection',
    first: (socket) =>
      socket.write(`HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: ${RIGHT.length}\r\n\r\n${RIGHT}`),
    end: ['ok', 200],
    connections: 1,
  },
  { when: 'answers in chunks', first: (socket) => socket.write(CHUNKED), end: ['ok', 200], connections: 1 },
  {
    when: 'answers in chunks, byte by byte',
    first: (socket) => writePieces(socket, cut(Buffer.from(CHUNKED), [1])),
    end: ['ok', 200],
    connections: 1,
  },
  {
    when: 'says a content-length beside chunks',
    first: (socket) => socket.write(CHUNKED.replace('OK\r\n', 'OK\r\nContent-Length: 0\r\n')),
    end: ['ok', 200],
    connections: 1,
  },
  {
    when: 'sends a chunk of no size',
    first: (socket) => socket.write(CHUNKED.replace('6;name', 'x;name')),
    end: ['refused', 0],
    reason: /a chunk of the response has the size "x"/,
    connections: 2,
  },
  {
    when: 'says two lengths',
    first: (socket) => socket.write(response(RIGHT, 'Content-Length: 3\r\n')),
    end: ['refused', 0],
    reason: /has the content-lengths 3 and 23/,
    connections: 2,
  },
  {
    when: 'compresses what nobody asked it to',
    first: (socket) => socket.write(response(RIGHT, 'Content-Encoding: gzip\r\n')),
    end: ['wrong-answer', 200],
    reason: /content-encoding gzip, which was not asked for/,
    connections: 1,
  },
  {
    when: 'sends a head of 64 kB',
    first: (socket) => socket.write(response(RIGHT, `X-Long: ${'x'.repeat(65_536)}\r\n`)),
    end: ['ok', 200],
    connections: 1,
  },
  {
    when: 'sends a head of 200 kB',
    first: (socket) => socket.write(response(RIGHT, 'X-Long: x\r\n'.repeat(20_000))),
    end: ['refused', 0],
    reason: /the head of the response is longer than 131072 bytes/,
    connections: 2,
  },
  {
    when: 'sends interim answers without end',
    first: (socket) => writePieces(socket, new Array<string>(5000).fill('HTTP/1.1 102 Processing\r\n\r\n'.repeat(100))),
    end: ['refused', 0],
    reason: /the head of the response is longer than 131072 bytes/,
    connections: 2,
  },
  {
    when: 'says a length of 10^12',
    first: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n{"predictions":'),
    end: ['refused', 0],
    reason: /the response is longer than 268435456 bytes/,
    connections: 2,
  },
  {
    when: 'says no HTTP',
    first: (socket) => socket.write('SSH-2.0-x\r\n\r\n'),
    end: ['refused', 0],
    reason: /no HTTP\/1.1 response begins with "SSH/,
    connections: 2,
  },
  {
    when: 'answers without a body',
    first: (socket) => socket.write(response('')),
    end: ['wrong-answer', 200],
    reason: /unreadable answer/,
    connections: 1,
  },
  {
    when: 'answers 204',
    first: (socket) => socket.write('HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n'),
    end: ['http-error', 204],
    reason: /HTTP 204/,
    connections: 1,
  },
  {
    when: 'sends bytes behind its answer',
    first: (socket) => socket.write(`${RIGHT_RESPONSE}x`),
    end: ['refused', 0],
    reason: /longer than its content-length/,
    connections: 2,
  },
  {
    when: 'sends its answer twice',
    first: (socket) => socket.write(RIGHT_RESPONSE.repeat(2)),
    end: ['refused', 0],
    reason: /longer than its content-length/,
    connections: 2,
  },
  {
    when: 'never answers',
    first: () => undefined,
    end: ['timeout', 0],
    reason: /timed out after 400 ms without a whole answer/,
    connections: 2,
  },
  {
    when: 'answers too little',
    first: (socket) => socket.write(RIGHT_RESPONSE.slice(0, -1)),
    end: ['timeout', 0],
    reason: /timed out after 400 ms without a whole answer/,
    connections: 2,
  },
];

describe('a REST server that misbehaves', () => {
  let generator: Generator;
  before(async () => {
    generator = await startGenerator();
  });
  after(() => generator[Symbol.asyncDispose]());

  for (const { when, first, end, reason, connections, isRace = false } of CASES) {
    it(when, async () => {
      await using server = await startRawRest((body, socket) => {
        if (body === 'first') first(socket);
        else socket.write(RIGHT_RESPONSE);
      });
      const isSlow = end[0] === 'timeout';
      const { outcome, seen } = await run(server.address, {
        load: { kind: 'open', schedule: Float64Array.of(0, isSlow ? (TIMEOUT_MS + 50) * 1e6 : 15e6) },
        timeoutMs: isSlow ? TIMEOUT_MS : 10_000,
        durationMs: isSlow ? TIMEOUT_MS + 60 : 20,
      });
      const [[firstEnd, firstCode] = ['nothing', 0], second] = seen;
      assert.match(firstEnd, new RegExp(`^(${end[0]})$`), outcome.failures.join());
      assert.ok(end.includes(firstCode), `code ${firstCode}`);
      if (isRace && second?.[0] === 'refused') return;
      // Where time runs out for the first, it may do so for the second on a busy machine.
      if (!isSlow || second?.[0] !== 'timeout') assert.deepEqual(second, ['ok', 200]);
      assert.equal(seen.length, 2);
      assert.match(outcome.failures.join('\n'), reason ?? /^$/);
      if (second[0] === 'ok') assert.equal(server.connections, connections);
      if (isSlow) assert.ok(outcome.generator.cpuShare < 0.95, `${outcome.generator.cpuShare} of a core`);
    });
  }

  async function run(
    address: string,
    overrides: Partial<TrialSpec>,
  ): Promise<{ outcome: TrialOutcome; seen: (readonly [string, number])[] }> {
    const spec = aSpec(
      { kind: 'rest', address, path: '/' },
      {
        requests: ['first', 'second'].map((text) => aRequest(text)),
        order: Uint32Array.of(0, 1),
        connections: 1,
        ...overrides,
      },
    );
    const outcome = await generator.runTrial(spec);
    return { outcome, seen: (await samplesOf(spec)).map((sample) => [sample.outcome, sample.code] as const) };
  }

  it('stops reading', async () => {
    await using server = await startRawServer((socket) => socket.pause());
    const { outcome, seen } = await run(server.address, {
      requests: [LARGE_REQUEST],
      order: Uint32Array.of(0),
      load: { kind: 'open', schedule: Float64Array.of(0) },
      timeoutMs: TIMEOUT_MS,
      durationMs: TIMEOUT_MS + 10,
    });
    assert.deepEqual(seen, [['timeout', 0]]);
    assert.ok(outcome.generator.cpuShare < 0.95, `${outcome.generator.cpuShare} of a core`);
  });

  it('says no before the request is whole, and hangs up', async () => {
    await using server = await startRawServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlong');
        socket.destroy();
      });
    });
    const { outcome, seen } = await run(server.address, {
      requests: [LARGE_REQUEST],
      order: Uint32Array.of(0),
      load: { kind: 'open', schedule: Float64Array.of(0) },
    });
    assert.deepEqual(seen, [['http-error', 413]]);
    assert.match(outcome.failures.join(), /HTTP 413: long/);
  });

  it('takes the answer to one request for the answer to another, and is found out', async () => {
    // HTTP/1.1 has no name for a request: an answer that comes twice can only be told by what it says.
    await using server = await startRawRest((body, socket, index) => {
      if (index > 0) socket.write(response('{"predictions":[[1,2]]}'));
      if (index !== 1) socket.write(response(`{"predictions":[[${body}]]}`));
    });
    const { outcome, seen } = await run(server.address, {
      requests: [aRequest('1,2', [1, 2]), aRequest('3,4', [3, 4])],
      load: { kind: 'open', schedule: Float64Array.of(0, 30e6) },
      durationMs: 40,
    });
    assert.deepEqual(seen, [
      ['ok', 200],
      ['wrong-answer', 200],
    ]);
    assert.match(outcome.failures.join(), /number 0 is 1, expected 3/);
  });

  it('sends bytes that nobody asked for, some time after its answer', async () => {
    await using server = await startRawRest((body, socket) => {
      void writePieces(socket, [RIGHT_RESPONSE, ...(body === 'first' ? ['SSH-2.0-x\r\n\r\n'] : [])]);
    });
    const { outcome, seen } = await run(server.address, {
      load: { kind: 'open', schedule: Float64Array.of(0, 15e6) },
    });
    // They come with the answer, while nothing is asked, or while the next request is.
    assert.match(
      outcome.failures.join(),
      /longer than its content-length|answer no request|no HTTP\/1.1 response begins with "SSH/,
    );
    assert.ok(seen.some(([end]) => end === 'ok'));
    assert.equal(seen.length, 2);
  });

  it('closes after every answer: each request is a sample, answered or refused', async () => {
    await using server = await startRawRest((_body, socket) => socket.end(RIGHT_RESPONSE));
    const { outcome, seen } = await run(server.address, {
      load: { kind: 'closed', concurrency: 3 },
      connections: 3,
      durationMs: 150,
    });
    assert.equal(seen.length, outcome.samples);
    assert.ok(seen.length > 0 && seen.every(([end]) => end === 'ok' || end === 'refused'));
  });
});
