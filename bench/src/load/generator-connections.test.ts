import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { startGenerator, type Generator, type Target, type TrialSpec } from './index.js';
import { aSpec, samplesOf } from './testing/a-spec.js';
import { RIGHT } from './testing/answer-server.js';
import { METHOD } from './testing/grpc-answer-server.js';
import { predictResponse } from './testing/predict-response.js';
import { RawGrpcPeer, settings, wholeAnswer } from './testing/raw-grpc.js';
import { startRawServer, type RawServer } from './testing/raw-server.js';
import { response } from './testing/raw-rest.js';

const CLIENTS = 3;
/** Requests, by all servers here. */
let answered = 0;

/** A server that answers rightly, and its connections. */
async function startServer(kind: Target['kind']): Promise<{ server: RawServer; target: Target; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = await startRawServer((socket) => {
    sockets.push(socket);
    if (kind === 'rest') {
      socket.on('data', () => {
        answered += 1;
        socket.write(response(RIGHT));
      });
      return;
    }
    const peer = new RawGrpcPeer(socket, ({ streamId }) => {
      answered += 1;
      peer.write(wholeAnswer(streamId, predictResponse([1, 2])));
    });
    peer.write(settings());
  });
  const { address } = server;
  const target: Target = { kind, address, path: kind === 'rest' ? '/' : METHOD };
  return { server, target, sockets };
}

for (const kind of ['rest', 'grpc'] as const)
  describe(`connections by ${kind}`, () => {
    const needed = kind === 'rest' ? CLIENTS : 1;
    let generator: Generator;
    before(async () => {
      generator = await startGenerator();
    });
    after(() => generator[Symbol.asyncDispose]());

    /** Runs a trial in which nothing may fail. How many connections it opened. */
    async function opened(target: Target, overrides: Partial<TrialSpec> = {}): Promise<number | undefined> {
      const spec = aSpec(target, {
        keepsConnections: true,
        load: { kind: 'closed', concurrency: CLIENTS },
        durationMs: 100,
        ...overrides,
      });
      const before = answered;
      const outcome = await generator.runTrial(spec);
      assert.deepEqual(outcome.failures, []);
      // On a busy machine the answers may all come before so short a window, or after it.
      assert.ok(answered > before);
      assert.ok((await samplesOf(spec)).every((each) => each.outcome === 'ok'));
      return outcome.generator.connectionsOpened;
    }

    it('stay open for the next trial of the cell, until they are asked to close', async () => {
      const { server, target, sockets } = await startServer(kind);
      await using _ = server;
      assert.deepEqual([await opened(target), await opened(target), await opened(target)], [needed, 0, 0]);
      assert.equal(await opened(target, { cell: 'another' }), needed);
      assert.equal(server.connections, 2 * needed);
      const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
      generator.closeConnections();
      await closed;
      assert.equal(await opened(target), needed);
    });

    it('that the server has closed between two trials are opened again: no request finds out', async () => {
      const { server, target, sockets } = await startServer(kind);
      await using _ = server;
      await opened(target);
      for (const end of ['end', 'resetAndDestroy'] as const) {
        const [one] = sockets.splice(0);
        assert.ok(one);
        const closed = once(one, 'close');
        one[end]();
        // The generator ends its side of a connection once it has looked.
        if (end === 'resetAndDestroy') await closed;
        else await once(one, 'finish');
        assert.equal(await opened(target, { warmupMs: 0 }), 1);
      }
    });

    it('are not kept where nobody asks for it, and not after a cut', async () => {
      const { server, target } = await startServer(kind);
      await using _ = server;
      assert.equal(await opened(target, { keepsConnections: false }), needed);
      const stop = new AbortController();
      const load = { kind: 'closed', concurrency: CLIENTS } as const;
      const spec = aSpec(target, { keepsConnections: true, load, durationMs: 60_000 });
      const cut = generator.runTrial(spec, {
        signal: stop.signal,
        onWindowStart: () => {
          stop.abort();
        },
      });
      assert.equal((await cut).cut, true);
      assert.equal(await opened(target), needed);
    });
  });
