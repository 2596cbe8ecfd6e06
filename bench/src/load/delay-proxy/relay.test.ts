import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { createRandom } from '../../random/index.js';
import { clock, openNetwork } from '../net/index.js';
import { Agenda } from './agenda.js';
import { createLink } from './link.js';
import { createRelay } from './relay.js';

const HOST = '127.0.0.1';
const descriptors = (): number => readdirSync('/proc/self/fd').length;

describe('relay', () => {
  it('passes bytes, ends and resets, and keeps no connection whose sides have ended', async () => {
    const listener = createServer({ allowHalfOpen: true }).listen(0, HOST);
    await once(listener, 'listening');
    const random = createRandom(1);
    const network = await openNetwork();
    const agenda = new Agenda();
    const link = { delayMs: 1, jitterMs: 0 };
    const relay = createRelay({
      network,
      agenda,
      upstream: { host: HOST, port: (listener.address() as AddressInfo).port },
      rttMs: 2,
      toUpstream: createLink(link, random),
      fromUpstream: createLink(link, random),
      heldBytes: 100_000,
      connectionLossPerS: 0,
      random,
    });
    const port = network.listen({ host: HOST, port: 0 }, relay);
    const over = new AbortController();
    const turning = (async () => {
      while (!over.signal.aborted) {
        network.wait(agenda.doDue(clock()), 1);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const open = descriptors();
    for (const bytes of [10, 5_000_000]) {
      const accepted = once(listener, 'connection');
      const client = connect({ port, host: HOST, allowHalfOpen: true });
      client.end(Buffer.alloc(bytes, 'q'));
      const [server] = (await accepted) as [Socket];
      const question: Buffer[] = [];
      server.on('data', (piece: Buffer) => question.push(piece));
      await once(server, 'end');
      assert.equal(Buffer.concat(question).length, bytes);
      server.end(Buffer.alloc(bytes, 'a'));
      client.resume();
      await once(client, 'close');
      assert.equal(client.bytesRead, bytes);
    }
    const accepted = once(listener, 'connection');
    const client = connect({ port, host: HOST });
    const [server] = (await accepted) as [Socket];
    const heard = once(client, 'error');
    server.resetAndDestroy();
    await heard;
    for (const limit = Date.now() + 10_000; descriptors() > open && Date.now() < limit;)
      await new Promise((resolve) => setImmediate(resolve));
    assert.equal(descriptors(), open);
    over.abort();
    await turning;
    network.close();
    listener.close();
  });
});
