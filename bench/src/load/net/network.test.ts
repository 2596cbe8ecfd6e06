import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, describe, it } from 'node:test';
import {
  clock,
  loadSystemCalls,
  openNetwork,
  resolveEndpoint,
  type Network,
  type Socket,
  type SocketError,
  type SocketEvents,
} from './index.js';

const HOST = '127.0.0.1';
const ECONNREFUSED = 111;
const ECONNRESET = 104;
const LIMIT_NS = 20e9;
const WITHOUT_IPV6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1')
  ? false
  : 'this machine has no IPv6';

const descriptors = (): number => readdirSync('/proc/self/fd').length;

/** One end of a connection, and what it reported. */
class End implements SocketEvents {
  socket!: Socket;
  received: Buffer = Buffer.alloc(0);
  ends = 0;
  drains = 0;
  readonly errors: SocketError[] = [];
  /** True while the test calls a method of the network or of a socket: nothing may be reported meanwhile. */
  static isCalling = false;
  react: () => void = () => undefined;

  onBytes(bytes: Buffer): void {
    this.#check();
    this.received = Buffer.concat([this.received, bytes]);
    this.react();
  }
  onEnd(): void {
    this.#check();
    this.ends += 1;
  }
  onError(error: SocketError): void {
    this.#check();
    this.errors.push(error);
  }
  onDrain(): void {
    this.#check();
    assert.equal(this.socket.unsentBytes, 0);
    this.drains += 1;
  }
  #check(): void {
    assert.equal(End.isCalling, false, 'reported from inside a call');
  }
}

function calling<Result>(call: () => Result): Result {
  End.isCalling = true;
  try {
    return call();
  } finally {
    End.isCalling = false;
  }
}

describe('network', () => {
  let network: Network;
  let port: number;
  const accepted: End[] = [];
  before(async () => {
    network = await openNetwork();
    port = listen(network, HOST);
  });
  after(() => {
    network.close();
  });

  function listen(on: Network, host: string, at = 0): number {
    return on.listen({ host, port: at }, (socket) => {
      const end = new End();
      end.socket = socket;
      accepted.push(end);
      return end;
    });
  }
  function until(condition: () => boolean, on = network): void {
    for (const limitNs = clock() + LIMIT_NS; !condition();) {
      assert.ok(clock() < limitNs, 'waited too long');
      on.wait(Number.POSITIVE_INFINITY, 5);
    }
  }
  /** Waits once with nothing to wait for: an event that comes again and again would end it at once. */
  function isQuiet(): void {
    for (let tries = 0; ; tries++) {
      const startNs = clock();
      network.wait(Number.POSITIVE_INFINITY, 30);
      if (clock() - startNs > 20e6) return;
      assert.ok(tries < 20, 'the network finds no rest');
    }
  }
  function begin(to = { host: HOST, port }): End {
    const end = new End();
    end.socket = calling(() => network.connect(to, end));
    return end;
  }
  function pair(): [client: End, server: End] {
    const count = accepted.length;
    const client = begin();
    until(() => accepted.length > count);
    const server = accepted.at(-1);
    assert.ok(server);
    return [client, server];
  }
  function send(end: End, text: string | Buffer): void {
    calling(() => {
      end.socket.send(Buffer.from(text));
    });
  }

  it('passes bytes both ways, and the end of either side alone', () => {
    const [client, server] = pair();
    send(client, 'there');
    until(() => server.received.toString() === 'there');
    client.socket.end();
    until(() => server.ends === 1);
    isQuiet();
    send(server, 'and back');
    until(() => client.received.toString() === 'and back');
    server.socket.end();
    until(() => client.ends === 1);
    isQuiet();
    assert.deepEqual([client.errors, server.errors, client.ends, server.ends], [[], [], 1, 1]);
    client.socket.close();
    server.socket.close();
  });

  it('sends what was handed over before the connection was made, and then ends', () => {
    const count = accepted.length;
    const client = begin();
    send(client, 'early ');
    send(client, 'bytes');
    client.socket.end();
    until(() => (accepted[count]?.ends ?? 0) === 1);
    assert.equal(accepted[count]?.received.toString(), 'early bytes');
    client.socket.close();
    accepted[count].socket.close();
  });

  it('keeps what a slow reader does not take, in order, and says when all is sent', () => {
    const [client, server] = pair();
    server.socket.pause();
    const bytes = Buffer.from(Uint32Array.from({ length: 4e6 }, (_, index) => index).buffer);
    for (let at = 0; at < bytes.length; at += 1e6) send(client, bytes.subarray(at, at + 1e6));
    isQuiet();
    assert.ok(client.socket.unsentBytes > 0);
    assert.deepEqual([server.received.length, client.drains], [0, 0]);
    server.socket.end();
    until(() => client.ends === 1);
    server.socket.resume();
    const pieces: Buffer[] = [];
    server.onBytes = (piece) => pieces.push(Buffer.from(piece));
    until(() => pieces.reduce((sum, piece) => sum + piece.length, 0) === bytes.length);
    assert.ok(Buffer.concat(pieces).equals(bytes));
    until(() => client.drains === 1);
    isQuiet();
    assert.equal(client.drains, 1);
    client.socket.close();
    server.socket.close();
  });

  it('says that all is sent also of a few bytes that waited for the connection', () => {
    const client = begin();
    send(client, 'x');
    assert.equal(client.socket.unsentBytes, 1);
    until(() => client.drains === 1);
    send(client, 'y');
    isQuiet();
    assert.deepEqual([client.drains, client.socket.unsentBytes], [1, 0]);
    client.socket.close();
  });

  it('reads nothing while it is paused', () => {
    const [client, server] = pair();
    server.socket.pause();
    send(client, 'later');
    client.socket.end();
    isQuiet();
    assert.deepEqual([server.received.length, server.ends], [0, 0]);
    server.socket.resume();
    until(() => server.ends === 1);
    assert.equal(server.received.toString(), 'later');
    client.socket.close();
    server.socket.close();
  });

  it('tells of a reset, and before it of what had come', () => {
    const [client, server] = pair();
    send(server, 'last words');
    calling(() => {
      server.socket.reset();
    });
    until(() => client.errors.length + client.ends > 0);
    assert.equal(client.received.toString(), 'last words');
    assert.equal(client.errors[0]?.message, 'read ECONNRESET');
    assert.deepEqual([client.errors.length + client.ends, server.errors.length], [1, 0]);
    const [other, otherServer] = pair();
    otherServer.socket.reset();
    until(() => other.errors.length > 0);
    assert.deepEqual([other.errors[0]?.errno, other.errors[0]?.message], [ECONNRESET, 'read ECONNRESET']);
  });

  it('tells what had come also where sending fails by now', () => {
    const [client, server] = pair();
    server.socket.pause();
    send(client, Buffer.alloc(16e6));
    isQuiet();
    assert.ok(client.socket.unsentBytes > 0);
    send(server, 'too much');
    server.socket.reset();
    until(() => client.errors.length > 0);
    assert.equal(client.received.toString(), 'too much');
  });

  it('tells of a failed send later, and of nothing once it is closed', () => {
    for (const isClosed of [false, true]) {
      const [client, server] = pair();
      server.socket.reset();
      send(client, 'into the void');
      send(client, 'and more');
      if (isClosed) client.socket.close();
      until(() => isClosed || client.errors.length > 0);
      isQuiet();
      assert.deepEqual([client.errors.length, client.ends], [isClosed ? 0 : 1, 0]);
      send(client, 'closed');
      client.socket.pause();
      client.socket.resume();
      client.socket.end();
      client.socket.reset();
      client.socket.close();
      isQuiet();
    }
  });

  it('tells of a refused connection', async () => {
    const other = await openNetwork();
    const free = listen(other, HOST);
    other.close();
    const client = begin({ host: HOST, port: free });
    until(() => client.errors.length > 0);
    const [error] = client.errors;
    assert.deepEqual([error?.errno, error?.message], [ECONNREFUSED, `connect ECONNREFUSED ${HOST}:${free}`]);
  });

  it('may be closed from inside what it tells', () => {
    const [client, server] = pair();
    server.react = () => {
      server.socket.close();
      client.socket.close();
    };
    send(client, 'x');
    send(client, 'y');
    until(() => server.received.length > 0);
    isQuiet();
    assert.deepEqual([client.errors, client.ends, server.errors], [[], 0, []]);
  });

  it('takes no late event of an earlier connection for one of the connection that has its descriptor now', async () => {
    const busy = createServer().listen({ host: HOST, port: 0, backlog: 1 });
    await once(busy, 'listening');
    const to = { host: HOST, port: (busy.address() as AddressInfo).port };
    // Nobody accepts them, so that whoever comes next is kept waiting by the system.
    const first = [begin(to), begin(to)];
    const [client, server] = pair();
    const [other, otherServer] = pair();
    let next: End | undefined;
    client.react = () => {
      other.socket.close();
      next = begin(to);
    };
    isQuiet();
    // Both events are there before any is told: that the other was reset comes after its descriptor is another's.
    send(server, 'x');
    otherServer.socket.reset();
    until(() => next !== undefined);
    busy.close();
    until(() => (next?.errors.length ?? 0) > 0);
    assert.equal(next?.errors[0]?.message, `connect ECONNREFUSED ${to.host}:${to.port}`);
    for (const { socket } of [...first, client, server]) socket.close();
  });

  it('never wakes before its instant, and sleeps until then', () => {
    for (const afterNs of [0, 0.3e6, 1e6, 2.7e6, 12.3e6]) {
      const untilNs = clock() + afterNs;
      let waits = 0;
      do {
        network.wait(untilNs, 1000);
        waits += 1;
      } while (clock() < untilNs);
      assert.ok(waits <= 2, `${waits} waits`);
    }
  });

  it('knows instants that are no whole nanosecond, just before a full second', () => {
    const untilNs = Math.ceil(clock() / 1e9) * 1e9 - 0.25;
    network.wait(untilNs, 5000);
    while (clock() < untilNs) network.wait(untilNs, 5000);
    assert.ok(clock() - untilNs < 4e9);
  });

  it('speaks IPv6, and finds the address of a name', { skip: WITHOUT_IPV6 }, async () => {
    const count = accepted.length;
    const endpoint = await resolveEndpoint(`http://[::1]:${listen(network, '::1')}/prefix`);
    const client = begin(endpoint);
    send(client, 'by IPv6');
    until(() => accepted.slice(count).some(({ received }) => received.toString() === 'by IPv6'));
    client.socket.close();
    assert.deepEqual(await resolveEndpoint(`localhost:${port}`), { host: HOST, port });
    assert.deepEqual(await resolveEndpoint('http://127.0.0.1'), { host: HOST, port: 80 });
  });

  it('says that an address is taken, and keeps nothing open for it', () => {
    const open = descriptors();
    assert.throws(() => listen(network, HOST, port), /EADDRINUSE/);
    assert.equal(descriptors(), open);
  });

  it('closes all that it holds', async () => {
    const open = descriptors();
    for (let round = 0; round < 20; round++) {
      const own = await openNetwork();
      const at = listen(own, HOST);
      const clients = [new End(), new End()].map((end) => own.connect({ host: HOST, port: at }, end));
      const seen = accepted.length;
      until(() => accepted.length >= seen + 2, own);
      clients[0]?.send(Buffer.from('x'));
      own.close();
      for (const socket of clients) socket.close();
    }
    until(() => descriptors() <= open);
  });

  it('is refused by name where there are no such calls', async () => {
    await assert.rejects(loadSystemCalls('darwin'), /the load generator needs Linux.*--generators/);
  });
});
