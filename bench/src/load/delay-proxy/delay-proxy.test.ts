import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../random/index.js';
import { startDelayProxy, type DelayProxyOptions } from './delay-proxy.js';
import { createLink } from './link.js';

describe('link', () => {
  it('keeps order, is never early and never faster than its bandwidth', () => {
    const pieces = fc.array(fc.record({ gapNs: fc.nat(2e6), bytes: fc.nat(70_000) }), { minLength: 1, maxLength: 50 });
    const speed = fc.double({ min: 1, max: 1000, noNaN: true });
    fc.assert(
      fc.property(pieces, speed, fc.nat(50), fc.nat(20), (some, bandwidthMbitS, delayMs, jitterMs) => {
        const link = createLink({ delayMs, jitterMs, bandwidthMbitS }, createRandom(1));
        let [nowNs, lastNs, bytes] = [1e9, 0, 0];
        for (const piece of some) {
          nowNs += piece.gapNs;
          bytes += piece.bytes;
          const arrivalNs = link.arrivesAtNs(nowNs, piece.bytes);
          const onWireNs = (piece.bytes * 8e3) / bandwidthMbitS;
          assert.ok(arrivalNs >= lastNs && arrivalNs >= nowNs + delayMs * 1e6 + onWireNs - 1);
          lastNs = arrivalNs;
        }
        assert.ok(lastNs - 1e9 >= (bytes * 8e3) / bandwidthMbitS - 1);
      }),
    );
  });

  it('adds exactly the delay where nothing else is asked', () => {
    const link = createLink({ delayMs: 5, jitterMs: 0 }, createRandom(1));
    assert.equal(link.arrivesAtNs(1e9, 1e6), 1e9 + 5e6);
  });
});

describe('delay proxy', () => {
  let echo: Server;
  let upstream: string;
  before(async () => {
    echo = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    upstream = `127.0.0.1:${(echo.address() as AddressInfo).port}`;
  });
  after(() => {
    echo.close();
  });

  async function through<T>(
    options: Omit<DelayProxyOptions, 'upstream'>,
    use: (port: number) => Promise<T>,
  ): Promise<T> {
    const proxy = await startDelayProxy({ upstream, ...options });
    try {
      return await use(proxy.port);
    } finally {
      await proxy.close();
    }
  }
  async function roundTrip(socket: Socket, bytes: Buffer): Promise<Buffer> {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.end(bytes);
    await once(socket, 'end');
    return Buffer.concat(chunks);
  }
  function someBytes(length: number): Buffer {
    const random = createRandom(length);
    return Buffer.from(Uint32Array.from({ length: length / 4 }, () => random.uint32()).buffer);
  }

  it('passes the same bytes in the same order, both ways, and the ends of streams', async () => {
    const bytes = someBytes(2_000_000);
    await through({ rttMs: 4, jitterMs: 2, bandwidthMbitS: 400 }, async (port) => {
      const answers = await Promise.all(
        [bytes, bytes.subarray(0, 100_000)].map((each) => roundTrip(connect(port, '127.0.0.1'), each)),
      );
      assert.ok(answers[0]?.equals(bytes) && answers[1]?.equals(bytes.subarray(0, 100_000)));
    });
  });

  it('is never faster than the delay, measured from outside; a new connection waits for its handshake', async () => {
    await through({ rttMs: 20 }, async (port) => {
      let sentAt = performance.now();
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      for (const leastMs of [40, 20, 20]) {
        socket.write('x');
        await once(socket, 'data');
        const tookMs = performance.now() - sentAt;
        assert.ok(tookMs >= leastMs - 0.1, `${tookMs} ms, at least ${leastMs}`);
        sentAt = performance.now();
      }
      socket.destroy();
    });
  });

  it('measures what it adds', async () => {
    const proxy = await startDelayProxy({ upstream, rttMs: 10 });
    const measuredMs = await proxy.measureRttMs();
    await proxy.close();
    assert.ok(measuredMs >= 10);
  });

  it('is never faster than the bandwidth', async () => {
    const bytes = someBytes(1_000_000);
    await through({ rttMs: 0, bandwidthMbitS: 80 }, async (port) => {
      const startedAt = performance.now();
      assert.equal((await roundTrip(connect(port, '127.0.0.1'), bytes)).length, bytes.length);
      assert.ok(performance.now() - startedAt >= 100);
    });
  });

  /** A connection through a proxy to a server of its own: both ends. */
  async function pair<T>(
    options: Omit<DelayProxyOptions, 'upstream'>,
    use: (client: Socket, server: Socket) => Promise<T>,
  ): Promise<T> {
    const listener = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const to = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const proxy = await startDelayProxy({ upstream: to, ...options });
    const accepted = once(listener, 'connection');
    const client = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const [server] = (await accepted) as [Socket];
    try {
      return await use(client, server);
    } finally {
      client.destroy();
      server.destroy();
      listener.close();
      await proxy.close();
    }
  }

  it('passes the end of either side alone, and closes when both have ended', async () => {
    await pair({ rttMs: 2 }, async (client, server) => {
      for (const [first, second] of [
        [client, server],
        [server, client],
      ] as const) {
        first.write('x');
        await once(second, 'data');
      }
      client.end('last of the client');
      server.resume();
      await once(server, 'end');
      for (const text of ['still', 'here']) {
        server.write(text);
        const [heard] = (await once(client, 'data')) as [Buffer];
        assert.equal(heard.toString(), text);
      }
      server.end();
      await Promise.all([once(client, 'close'), once(server, 'close')]);
    });
    await pair({ rttMs: 2 }, async (client, server) => {
      server.end('first');
      client.resume();
      await once(client, 'end');
      client.end('second');
      server.resume();
      await Promise.all([once(client, 'close'), once(server, 'close')]);
      assert.equal(server.bytesRead, 'second'.length);
    });
  });

  it('passes a reset of either side', async () => {
    for (const isOfClient of [true, false]) {
      await pair({ rttMs: 2 }, async (client, server) => {
        const [breaks, hears] = isOfClient ? [client, server] : [server, client];
        breaks.write('x');
        await once(hears, 'data');
        const heard = once(hears, 'error') as Promise<[NodeJS.ErrnoException]>;
        breaks.resetAndDestroy();
        const [error] = await heard;
        assert.equal(error.code, 'ECONNRESET');
      });
    }
  });

  it('holds a sender back whose reader is slow, and loses nothing', async () => {
    const bytes = someBytes(32_000_000);
    await pair({ rttMs: 0, bandwidthMbitS: 800 }, async (client, server) => {
      server.pause();
      for (let at = 0; at < bytes.length; at += 64_000) client.write(bytes.subarray(at, at + 64_000));
      // All buffers on the way are full when the sender gets rid of nothing more for a while.
      for (let before = -1; before !== client.writableLength;) {
        before = client.writableLength;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      assert.ok(client.writableLength > 0);
      client.end();
      const chunks: Buffer[] = [];
      server.on('data', (chunk: Buffer) => chunks.push(chunk)).resume();
      await once(server, 'end');
      assert.ok(Buffer.concat(chunks).equals(bytes));
    });
  });

  it('loses connections when asked to', async () => {
    await through({ rttMs: 0, connectionLossPerS: 20 }, async (port) => {
      const socket = connect(port, '127.0.0.1');
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      assert.equal(error.code, 'ECONNRESET');
    });
  });

  it('ends a connection whose upstream is not there, and refuses options that make no link', async () => {
    const proxy = await startDelayProxy({ upstream: '127.0.0.1:1', rttMs: 1 });
    const socket = connect(proxy.port, '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNRESET');
    await proxy.close();
    await assert.rejects(startDelayProxy({ upstream, rttMs: -1 }), /rttMs/);
  });
});
