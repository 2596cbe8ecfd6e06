import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadMessages } from '@serving-study/protos';
import { errorResponseSchema } from '@serving-study/serving-kit';
import { ATTACKS, HALF, LONGEST_ANSWER_BYTES, MOST_GROWTH_MB, peakMb, post } from './attacks.js';
import { startStandin } from './contestants.js';
import { framed, grpcStatusOf } from './grpc-predict.js';

const PREDICT = '/tensorflow.serving.PredictionService/Predict';
const SMALL = '{"instances":[1]}';
const MEBI = 2 ** 20;
const OK = '0';
const NOT_FOUND = '5';
const RESOURCE_EXHAUSTED = '8';

function predictBytes(model: string, inputs: object): Buffer {
  const type = loadMessages().lookupType('tensorflow.serving.PredictRequest');
  return Buffer.from(type.encode(type.fromObject({ model_spec: { name: model }, inputs })).finish());
}

/** The attacks of test/src/behaviour/attacks.ts, and those that only a server with both ports can meet. */
describe('the stand-in under attack', () => {
  let server: Awaited<ReturnType<typeof startStandin>>;
  let origin: string;
  let url: string;
  before(async () => {
    server = await startStandin(HALF, '--standin_request_timeout_in_ms=6000', '--rest_api_num_threads=2');
    origin = `http://${server.host}:${server.restPort}`;
    url = `${origin}/v1/models/half_plus_two:predict`;
  });
  after(() => server.stop());

  const session = (): ClientHttp2Session =>
    connectHttp2(`http://${server.host}:${server.grpcPort}`).on('error', () => undefined);

  /** What it costs is bounded, and the next request of either port is answered. */
  async function survives(attack: () => Promise<void>): Promise<void> {
    const earlierMb = peakMb(server.pid);
    await attack();
    const growthMb = peakMb(server.pid) - earlierMb;
    assert.ok(growthMb < MOST_GROWTH_MB, `${growthMb} MB`);
    assert.equal((await post(url, SMALL)).status, 200);
    const client = session();
    const tensor = { dtype: 1, tensor_shape: { dim: [{ size: 1 }] }, float_val: [1] };
    assert.equal(await grpcStatusOf(client, framed(predictBytes(HALF.name, { x: tensor }))), OK);
    client.close();
  }

  for (const { what, bytes, gzip, standin, ...plain } of ATTACKS)
    it(what, () =>
      survives(async () => {
        const { status, text } = standin ?? plain;
        const answer = await post(url, bytes(), gzip);
        assert.equal(answer.status, status);
        assert.match(errorResponseSchema.parse(JSON.parse(answer.text)).error, text);
        assert.ok(answer.text.length < LONGEST_ANSWER_BYTES);
      }),
    );

  it('many compressed bodies at once', () =>
    survives(async () => {
      const blanks = gzipSync(Buffer.alloc(99_000_000, ' '));
      const answers = await Promise.all(
        Array.from({ length: 12 }, async () => {
          const answer = await fetch(url, { method: 'POST', body: blanks, headers: { 'content-encoding': 'gzip' } });
          return answer.status;
        }),
      );
      assert.ok(
        answers.every((status) => status === 400 || status === 429),
        answers.join(),
      );
    }));

  it('heads and bodies that never come', () =>
    survives(async () => {
      const half = 'POST /v1/models/half_plus_two:predict HTTP/1.1\r\nHost: a\r\n';
      const sockets = Array.from({ length: 200 }, (_, at): Socket => {
        const socket = connect(server.restPort, server.host).on('error', () => undefined);
        socket.write(at % 2 === 0 ? half : `${half}Content-Length: 1000\r\n\r\n{`);
        return socket.resume();
      });
      await Promise.all(sockets.map((socket) => once(socket, 'close')));
    }));

  it('names of models that are as long as a head may be', () =>
    survives(async () => {
      for (let at = 0; at < 300; at += 1) {
        const answer = await fetch(`${origin}/v1/models/${at}${'m'.repeat(200_000)}`);
        await answer.arrayBuffer();
        assert.equal(answer.status, 404);
      }
    }));

  it('runs that fail in the model', () =>
    survives(async () => {
      const body = `{"instances":[${'[1,2],'.repeat(300_000)}"x"]}`;
      // That none of their memory is kept is tested with the session, by many more of them.
      for (let at = 0; at < 12; at += 6) {
        const answers = await Promise.all(Array.from({ length: 6 }, () => post(url, body)));
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([400]));
      }
    }));

  it('inputs of a few bytes that announce much, for a model that is not there', () =>
    survives(async () => {
      const tensor = { dtype: 1, tensor_shape: { dim: [{ size: 2 ** 27 }] }, float_val: [1] };
      const inputs = Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`x${at}`, tensor]));
      const client = session();
      assert.equal(await grpcStatusOf(client, framed(predictBytes('none', inputs))), NOT_FOUND);
      client.close();
    }));

  it('messages of a quarter of a megabyte that inflate to a quarter of a gibibyte', () =>
    survives(async () => {
      const bomb = gzipSync(Buffer.alloc(256 * MEBI));
      const client = session();
      const statuses = await Promise.all(
        Array.from({ length: 8 }, () =>
          grpcStatusOf(client, framed(bomb, { compressed: true }), { 'grpc-encoding': 'gzip' }),
        ),
      );
      assert.deepEqual(new Set(statuses), new Set([RESOURCE_EXHAUSTED]));
      client.close();
    }));

  it('connections that send a part of what they announce', () =>
    survives(async () => {
      const part = framed(Buffer.alloc(16 * MEBI), { announced: 90 * MEBI });
      const clients = Array.from({ length: 60 }, session);
      const calls = clients.map((client) => {
        const stream = client.request({ ':method': 'POST', ':path': PREDICT, te: 'trailers' });
        stream.on('error', () => undefined).resume();
        stream.write(part);
        return new Promise((resolve) => stream.once('close', resolve));
      });
      // what does not come in time is over, what there is no room for earlier
      for (const client of clients.slice(0, 10)) client.destroy();
      await Promise.all(calls.slice(0, 10));
      for (const client of clients) client.destroy();
      await Promise.all(calls);
    }));

  it('headers of very many fields', () =>
    survives(async () => {
      const socket = connect(server.grpcPort, server.host).on('error', () => undefined);
      socket.resume();
      const closed = once(socket, 'close');
      socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      socket.write(frame(4, 0, 0, Buffer.alloc(0)));
      // each one goes into the table: a new name of one letter, without a value
      const block = Buffer.alloc(16_000, Buffer.from([0x40, 1, 0x61, 0]));
      socket.write(frame(1, 0, 1, block));
      for (let at = 0; at < 14; at += 1) socket.write(frame(9, 0, 1, block));
      socket.write(frame(9, 4, 1, block));
      await closed;
    }));
});

/** A frame of HTTP/2. */
function frame(type: number, flags: number, streamId: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}
