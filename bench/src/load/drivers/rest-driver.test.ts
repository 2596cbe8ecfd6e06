import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Network, SocketEvents } from '../net/index.js';
import { MemorySocket } from '../testing/memory-socket.js';
import { cut } from '../testing/raw-server.js';
import { Exchange, type Ending } from './driver.js';
import { createRestDriver } from './rest-driver.js';

type Framing = 'length' | 'chunked' | 'end' | 'close';
interface Answer {
  readonly framing: Framing;
  readonly body: string;
  readonly interim: boolean;
}

const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });
const answers: fc.Arbitrary<Answer[]> = fc.array(
  fc.record({
    framing: fc.constantFrom<Framing>('length', 'chunked', 'end', 'close'),
    body: fc.string({ unit: 'binary-ascii', maxLength: 100 }),
    interim: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

function encode({ framing, body, interim }: Answer, piece: number): Buffer {
  const interimHead = interim ? 'HTTP/1.1 102 Processing\r\nX: y\r\n\r\n' : '';
  const head = `${interimHead}HTTP/1.1 200 OK\r\n`;
  if (framing === 'end') return Buffer.from(`${head}\r\n${body}`);
  if (framing !== 'chunked') {
    const close = framing === 'close' ? 'connection: close\r\n' : '';
    return Buffer.from(`${head}${close}content-length: ${body.length}\r\n\r\n${body}`);
  }
  const chunks = cut(Buffer.from(body), [piece]).map(
    (chunk) => `${chunk.length.toString(16)};a=b\r\n${String(chunk)}\r\n`,
  );
  return Buffer.from(`${head}transfer-encoding: chunked\r\n\r\n${chunks.join('')}000\r\nT: u\r\n\r\n`);
}

/** A driver without a network, on one connection at a time. */
class Rig {
  readonly sockets: MemorySocket[] = [];
  readonly ends = new Map<Exchange, Ending>();
  readonly troubles: string[] = [];
  events!: SocketEvents;
  readonly #network: Network = {
    opened: 0,
    connect: (_to, events) => {
      this.events = events;
      const socket = new MemorySocket();
      this.sockets.push(socket);
      return socket;
    },
    listen: () => assert.fail('a driver listens to nobody'),
    wait: () => assert.fail('a driver does not wait'),
    close: () => assert.fail('a driver does not own the network'),
  };
  readonly driver = createRestDriver(
    { kind: 'rest', address: '127.0.0.1:1', path: '/' },
    { host: '127.0.0.1', port: 1 },
    [Buffer.from('{}')],
    1,
    this.#network,
    {
      onEnd: (exchange, ending) => {
        assert.equal(this.ends.has(exchange), false, 'ended twice');
        // The body is valid during this call only.
        this.ends.set(exchange, ending.kind === 'answer' ? { ...ending, body: Buffer.from(ending.body) } : ending);
      },
      onTrouble: (reason) => this.troubles.push(reason),
    },
  );

  get isOpen(): boolean {
    return this.sockets.at(-1)?.isClosed === false;
  }

  ask(): Exchange {
    const exchange = new Exchange(0, 0, 0);
    this.driver.send(exchange);
    return exchange;
  }

  /** As from a network: memory that is used again after the call. */
  receive(bytes: Buffer): void {
    if (!this.isOpen) return;
    const memory = Buffer.from(bytes);
    this.events.onBytes(memory);
    memory.fill(0xee);
  }
}

describe('REST driver', () => {
  it('gives every answer to its own request, however bytes are cut, and opens a connection where the last was closed', () => {
    fc.assert(
      fc.property(answers, sizes, (some, pieces) => {
        const rig = new Rig();
        let connections = 1;
        for (const [index, answer] of some.entries()) {
          const exchange = rig.ask();
          assert.equal(rig.driver.hasRoom(), false);
          for (const piece of cut(encode(answer, pieces[0] ?? 1), pieces)) {
            assert.equal(rig.ends.has(exchange), false);
            rig.receive(piece);
          }
          if (answer.framing === 'end') rig.events.onEnd();
          const ending = rig.ends.get(exchange);
          assert.equal(ending?.kind === 'answer' && ending.body.toString(), answer.body);
          assert.equal(rig.sockets.length, connections);
          if ((answer.framing === 'end' || answer.framing === 'close') && index + 1 < some.length) connections += 1;
        }
        assert.deepEqual(rig.troubles, []);
      }),
    );
  });

  it('survives any bytes: a request ends at most once, and with its connection', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 50 }).map((some) => Buffer.from(some)),
      fc
        .tuple(answers, fc.integer({ min: 1, max: 9 }))
        .map(([[answer], piece]) => (answer === undefined ? Buffer.alloc(0) : encode(answer, piece))),
      fc
        .constantFrom(
          ...[
            'HTTP/1.1 200 OK\r\n',
            '\r\n',
            '\r\n\r\n',
            'content-length: 3\r\n',
            'transfer-encoding: chunked\r\n',
            '0\r\n',
          ],
          ...['content-length: 99999999999999999999\r\n', 'fffffffff\r\n', 'HTTP/1.1 100 Continue\r\n\r\n'],
        )
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 20 }), sizes, fc.nat(30), (some, pieces, abandonAt) => {
        const rig = new Rig();
        let exchange = rig.ask();
        for (const [index, piece] of cut(Buffer.concat(some), pieces).entries()) {
          if (index === abandonAt && !rig.ends.has(exchange)) {
            exchange.carrier?.abandon(exchange);
            assert.equal(rig.isOpen, false);
          }
          rig.receive(piece);
          if (rig.driver.hasRoom()) exchange = rig.ask();
        }
        if (rig.isOpen) rig.events.onEnd();
        assert.equal(rig.isOpen, false);
        assert.ok(rig.ends.has(exchange) && rig.driver.hasRoom());
      }),
      { numRuns: 500 },
    );
  });
});
