import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { PREFACE } from '@serving-study/http2';
import { startGenerator, type Generator } from '../index.js';
import { aSpec, floats, samplesOf } from '../testing/a-spec.js';
import { METHOD } from '../testing/grpc-answer-server.js';
import { predictResponse } from '../testing/predict-response.js';
import { settings } from '../testing/raw-grpc.js';
import { cut, writePieces } from '../testing/raw-server.js';
import { startInstantServer, type InstantServer } from './start-instant-server.js';

/** Larger than a frame, than a first window and than a socket's buffers. */
const VALUES = Float32Array.from({ length: 500_000 }, (_, index) => index % 1000);
const LARGE_JSON = `{"predictions":[[${VALUES.join()}]]}`;

describe('instant servers', () => {
  let server: InstantServer;
  let generator: Generator;
  before(async () => {
    const large = predictResponse([], {
      tensor_shape: { dim: [{ size: VALUES.length }] },
      tensor_content: Buffer.from(VALUES.buffer),
    });
    server = await startInstantServer([
      { protocol: 'rest', answer: Buffer.from('{"predictions":[[1,2]]}') },
      { protocol: 'grpc', answer: predictResponse([1, 2]) },
      { protocol: 'rest', answer: Buffer.from(LARGE_JSON) },
      { protocol: 'grpc', answer: large },
    ]);
    generator = await startGenerator();
  });
  after(async () => {
    await generator[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  function open(service: number): { socket: Socket; received: () => string } {
    const [host, port] = (server.addresses[service] ?? '').split(':');
    const socket = connect({ host: host ?? '', port: Number(port), noDelay: true });
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
    return { socket, received: () => text };
  }
  const request = (body: string): Buffer =>
    Buffer.from(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);

  it('answer split and pipelined REST requests, each once', async () => {
    const requests = Buffer.concat(['', 'one', 'x'.repeat(100), 'two'].map(request));
    for (const sizes of [[1], [7, 50], [requests.length]]) {
      const { socket, received } = open(0);
      await writePieces(socket, cut(requests, sizes));
      while (received().split('HTTP/1.1 200 OK').length < 5) await once(socket, 'data');
      socket.end();
      await once(socket, 'close');
      assert.match(
        received(),
        /^(HTTP\/1.1 200 OK\r\n[^{]*content-length: 23\r\n\r\n\{"predictions":\[\[1,2\]\]\}){4}$/,
      );
    }
  });

  it('take a preface in pieces', async () => {
    const { socket, received } = open(1);
    await writePieces(socket, cut(Buffer.concat([PREFACE, settings()]), [10]));
    while (received() === '') await once(socket, 'data');
    socket.destroy();
  });

  it('serve messages of any size, many at once', async () => {
    const targets = [
      { kind: 'rest', address: server.addresses[0] ?? '', path: '/' },
      { kind: 'grpc', address: server.addresses[1] ?? '', path: METHOD },
      { kind: 'rest', address: server.addresses[2] ?? '', path: '/' },
      { kind: 'grpc', address: server.addresses[3] ?? '', path: METHOD },
    ] as const;
    for (const [index, target] of targets.entries()) {
      const values = index < 2 ? Float32Array.of(1, 2) : VALUES;
      const bodies = [Buffer.from('{}'), Buffer.alloc(300_000, 1), Buffer.alloc(5_000_000, 2)];
      const spec = aSpec(target, {
        requests: bodies.map((body) => ({ body, expected: [{ version: 1, outputs: [floats(values)] }] })),
        order: Uint32Array.of(0, 1, 2, 0),
        load: { kind: 'open', schedule: new Float64Array(12) },
        durationMs: 10,
        timeoutMs: 60_000,
      });
      const outcome = await generator.runTrial(spec);
      assert.deepEqual(outcome.failures, []);
      const samples = await samplesOf(spec);
      assert.deepEqual([samples.length, samples.every((sample) => sample.outcome === 'ok')], [12, true]);
    }
  });
});
