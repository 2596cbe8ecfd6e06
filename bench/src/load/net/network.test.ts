import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { after, before, describe, it } from 'node:test';
import {
  clock,
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

for (const kind of ['system-calls', 'node'] as const) {
  const skip = kind === 'system-calls' && process.platform !== 'linux' && 'system calls are for Linux';
  describe(`network on ${kind}`, { skip }, () => {
    let network: Network;
    let port: number;
    const accepted: End[] = [];
    before(async () => {
      network = await openNetwork(kind);
      assert.equal(network.kind, kind);
      port = await listen(network, HOST);
    });
    after(() => {
      network.close();
    });

    async function listen(on: Network, host: string, at = 0): Promise<number> {
      return on.listen({ host, port: at }, (socket) => {
        const end = new End();
        end.socket = socket;
        accepted.push(end);
        return end;
      });
    }
    async function until(condition: () => boolean, on = network): Promise<void> {
      for (const limitNs = clock() + LIMIT_NS; !condition();) {
        assert.ok(clock() < limitNs, 'waited too long');
        await on.wait(Number.POSITIVE_INFINITY, 5);
      }
    }
    /** Waits once with nothing to wait for: an event that comes again and again would end it at once. */
    async function isQuiet(): Promise<void> {
      for (let tries = 0; ; tries++) {
        const startNs = clock();
        await network.wait(Number.POSITIVE_INFINITY, 30);
        if (clock() - startNs > 20e6) return;
        assert.ok(tries < 20, 'the network finds no rest');
      }
    }
    function begin(to = { host: HOST, port }): End {
      const end = new End();
      end.socket = calling(() => network.connect(to, end));
      return end;
    }
    async function pair(): Promise<[client: End, server: End]> {
      const count = accepted.length;
      const client = begin();
      await until(() => accepted.length > count);
      const server = accepted.at(-1);
      assert.ok(server);
      return [client, server];
    }
    function send(end: End, text: string | Buffer): void {
      calling(() => {
        end.socket.send(Buffer.from(text));
      });
    }

    it('passes bytes both ways, and the end of either side alone', async () => {
      const [client, server] = await pair();
      send(client, 'there');
      await until(() => server.received.toString() === 'there');
      client.socket.end();
      await until(() => server.ends === 1);
      await isQuiet();
      send(server, 'and back');
      await until(() => client.received.toString() === 'and back');
      server.socket.end();
      await until(() => client.ends === 1);
      await isQuiet();
      assert.deepEqual([client.errors, server.errors, client.ends, server.ends], [[], [], 1, 1]);
      client.socket.close();
      server.socket.close();
    });

    it('sends what was handed over before the connection was made, and then ends', async () => {
      const count = accepted.length;
      const client = begin();
      send(client, 'early ');
      send(client, 'bytes');
      client.socket.end();
      await until(() => (accepted[count]?.ends ?? 0) === 1);
      assert.equal(accepted[count]?.received.toString(), 'early bytes');
      client.socket.close();
      accepted[count].socket.close();
    });

    it('keeps what a slow reader does not take, in order, and says when all is sent', async () => {
      const [client, server] = await pair();
      server.socket.pause();
      const bytes = Buffer.from(Uint32Array.from({ length: 4e6 }, (_, index) => index).buffer);
      for (let at = 0; at < bytes.length; at += 1e6) send(client, bytes.subarray(at, at + 1e6));
      await isQuiet();
      assert.ok(client.socket.unsentBytes > 0);
      assert.deepEqual([server.received.length, client.drains], [0, 0]);
      server.socket.resume();
      const pieces: Buffer[] = [];
      server.onBytes = (piece) => pieces.push(Buffer.from(piece));
      await until(() => pieces.reduce((sum, piece) => sum + piece.length, 0) === bytes.length);
      assert.ok(Buffer.concat(pieces).equals(bytes));
      await until(() => client.drains === 1);
      await isQuiet();
      assert.equal(client.drains, 1);
      client.socket.close();
      server.socket.close();
    });

    it('says that all is sent also of a few bytes that waited for the connection', async () => {
      const client = begin();
      send(client, 'x');
      assert.equal(client.socket.unsentBytes, 1);
      await until(() => client.drains === 1);
      send(client, 'y');
      await isQuiet();
      assert.deepEqual([client.drains, client.socket.unsentBytes], [1, 0]);
      client.socket.close();
    });

    it('reads nothing while it is paused', async () => {
      const [client, server] = await pair();
      server.socket.pause();
      send(client, 'later');
      client.socket.end();
      await isQuiet();
      assert.deepEqual([server.received.length, server.ends], [0, 0]);
      server.socket.resume();
      await until(() => server.ends === 1);
      assert.equal(server.received.toString(), 'later');
      client.socket.close();
      server.socket.close();
    });

    it('tells of a reset, and before it of what had come', async () => {
      const [client, server] = await pair();
      send(server, 'last words');
      calling(() => {
        server.socket.reset();
      });
      // libuv tells a reset behind bytes as an end.
      await until(() => client.errors.length + client.ends > 0);
      assert.equal(client.received.toString(), 'last words');
      if (kind === 'system-calls') assert.equal(client.errors[0]?.message, 'read ECONNRESET');
      assert.deepEqual([client.errors.length + client.ends, server.errors.length], [1, 0]);
      const [other, otherServer] = await pair();
      otherServer.socket.reset();
      await until(() => other.errors.length > 0);
      assert.deepEqual([other.errors[0]?.errno, other.errors[0]?.message], [ECONNRESET, 'read ECONNRESET']);
    });

    it(
      'tells what had come also where sending fails by now',
      { skip: kind === 'node' && 'node sends first' },
      async () => {
        const [client, server] = await pair();
        server.socket.pause();
        send(client, Buffer.alloc(16e6));
        await isQuiet();
        assert.ok(client.socket.unsentBytes > 0);
        send(server, 'too much');
        server.socket.reset();
        await until(() => client.errors.length > 0);
        assert.equal(client.received.toString(), 'too much');
      },
    );

    it('tells of a failed send later, and of nothing once it is closed', async () => {
      for (const isClosed of [false, true]) {
        const [client, server] = await pair();
        server.socket.reset();
        send(client, 'into the void');
        send(client, 'and more');
        if (isClosed) client.socket.close();
        await until(() => isClosed || client.errors.length > 0);
        await isQuiet();
        assert.deepEqual([client.errors.length, client.ends], [isClosed ? 0 : 1, 0]);
        send(client, 'closed');
        client.socket.pause();
        client.socket.resume();
        client.socket.end();
        client.socket.reset();
        client.socket.close();
        await isQuiet();
      }
    });

    it('tells of a refused connection', async () => {
      const other = await openNetwork(kind);
      const free = await listen(other, HOST);
      other.close();
      await new Promise((resolve) => setImmediate(resolve));
      const client = begin({ host: HOST, port: free });
      await until(() => client.errors.length > 0);
      const [error] = client.errors;
      assert.deepEqual([error?.errno, error?.message], [ECONNREFUSED, `connect ECONNREFUSED ${HOST}:${free}`]);
    });

    it('never tells one socket what was meant for another that had its descriptor', async () => {
      const [first, firstServer] = await pair();
      const [second, secondServer] = await pair();
      let third: End | undefined;
      const replace = (other: End): (() => void) => {
        return () => {
          if (third !== undefined) return;
          other.socket.close();
          third = begin();
        };
      };
      first.react = replace(second);
      second.react = replace(first);
      send(firstServer, 'one');
      send(secondServer, 'two');
      await until(() => third !== undefined);
      await isQuiet();
      assert.deepEqual([third?.received.length, third?.ends, third?.errors], [0, 0, []]);
      const heard = [first, second].filter(({ received }) => received.length > 0);
      assert.equal(heard.length, 1);
      third?.socket.close();
    });

    it('may be closed from inside what it tells', async () => {
      const [client, server] = await pair();
      server.react = () => {
        server.socket.close();
        client.socket.close();
      };
      send(client, 'x');
      send(client, 'y');
      await until(() => server.received.length > 0);
      await isQuiet();
      assert.deepEqual([client.errors, client.ends, server.errors], [[], 0, []]);
    });

    it('never wakes before its instant, and sleeps until then', async () => {
      for (const afterNs of [0, 0.3e6, 1e6, 2.7e6, 12.3e6]) {
        const untilNs = clock() + afterNs;
        let waits = 0;
        do {
          await network.wait(untilNs, 1000);
          waits += 1;
        } while (clock() < untilNs);
        if (kind === 'system-calls') assert.ok(waits <= 2, `${waits} waits`);
      }
    });

    it(
      'knows instants that are no whole nanosecond, just before a full second',
      { skip: kind === 'node' && 'node counts milliseconds' },
      async () => {
        const untilNs = Math.ceil(clock() / 1e9) * 1e9 - 0.25;
        await network.wait(untilNs, 5000);
        while (clock() < untilNs) await network.wait(untilNs, 5000);
        assert.ok(clock() - untilNs < 4e9);
      },
    );

    it('speaks IPv6, and finds the address of a name', { skip: WITHOUT_IPV6 }, async () => {
      const count = accepted.length;
      const endpoint = await resolveEndpoint(`http://[::1]:${await listen(network, '::1')}/prefix`);
      const client = begin(endpoint);
      send(client, 'by IPv6');
      await until(() => accepted.slice(count).some(({ received }) => received.toString() === 'by IPv6'));
      client.socket.close();
      assert.deepEqual(await resolveEndpoint(`localhost:${port}`), { host: HOST, port });
      assert.deepEqual(await resolveEndpoint('http://127.0.0.1'), { host: HOST, port: 80 });
    });

    it('says that an address is taken, and finds rest afterwards', async () => {
      await assert.rejects(listen(network, HOST, port), /EADDRINUSE/);
      await isQuiet();
    });

    it('closes all that it holds', { skip: process.platform !== 'linux' && 'there is no /proc' }, async () => {
      const count = (): number => readdirSync('/proc/self/fd').length;
      const open = count();
      for (let round = 0; round < 20; round++) {
        const own = await openNetwork(kind);
        const at = await listen(own, HOST);
        const clients = [new End(), new End()].map((end) => own.connect({ host: HOST, port: at }, end));
        const seen = accepted.length;
        await until(() => accepted.length >= seen + 2, own);
        clients[0]?.send(Buffer.from('x'));
        own.close();
        for (const socket of clients) socket.close();
      }
      await until(() => count() <= open);
    });
  });
}
