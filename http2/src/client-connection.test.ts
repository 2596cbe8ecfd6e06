import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClientConnection } from './client-connection.js';
import { ClientStream, ConnectionLost, type StreamEnd } from './client-stream.js';
import { frameHead } from './frame.js';
import { HpackEncoder } from './hpack-encoder.js';
import { FLAG, FRAME } from './protocol.js';

class Listener extends ClientStream {
  readonly ends: StreamEnd[] = [];

  readonly #fault: Error | undefined;

  constructor(fault?: Error) {
    super(Buffer.from('body'));
    this.#fault = fault;
  }

  onHeaders(): void {
    if (this.#fault !== undefined) throw this.#fault;
  }

  onData(): boolean {
    return true;
  }

  onEnd(end: StreamEnd): void {
    this.ends.push(end);
  }
}

/** A connection that sends nowhere, and what closed it. */
function connect(): { connection: ClientConnection; closed: Error[] } {
  const closed: Error[] = [];
  const connection = new ClientConnection({
    socket: { send: () => undefined, unsentBytes: 0 },
    headersLimitBytes: 1000,
    onOutput: () => undefined,
    onClose: (error) => closed.push(error),
  });
  return { connection, closed };
}

const PATH = [{ name: ':path', value: '/', recurs: true }];
const SETTINGS = frameHead(0, FRAME.settings, 0, 0);

function headersOf(streamId: number): Buffer {
  const block = new HpackEncoder().encode([{ name: ':status', value: '200', recurs: false }]);
  return Buffer.concat([frameHead(block.length, FRAME.headers, FLAG.endHeaders, streamId), block]);
}

// How frames, windows and settings are handled is tested in bench/src/load/drivers/grpc, on a socket.
describe('a connection', () => {
  it('ends with what a listener throws, and tells all streams', () => {
    const fault = new TypeError('a fault');
    const [one, faulty] = [new Listener(), new Listener(fault)];
    const { connection, closed } = connect();
    for (const stream of [one, faulty]) connection.open(stream, PATH);
    connection.receive(Buffer.concat([SETTINGS, headersOf(3)]));
    assert.deepEqual(closed, [fault]);
    for (const { ends } of [one, faulty]) assert.deepEqual(ends, [{ kind: 'lost', error: fault }]);
    assert.equal(connection.takesStreams, false);
  });

  for (const [what, bytes, text] of [
    ['HTTP/1', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), /the server answers in HTTP\/1/],
    ['of a stream that never began', Buffer.concat([SETTINGS, headersOf(5)]), /HEADERS on stream 5, which never began/],
  ] as const)
    it(`is lost to a server that speaks ${what}`, () => {
      const stream = new Listener();
      const { connection, closed } = connect();
      connection.open(stream, PATH);
      connection.receive(bytes);
      const [error] = closed;
      assert.ok(error instanceof ConnectionLost);
      assert.match(error.message, text);
      assert.deepEqual(stream.ends, [{ kind: 'lost', error }]);
    });
});
