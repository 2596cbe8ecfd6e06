import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { after, before, describe, it } from 'node:test';
import { startGenerator, type Generator, type Target, type TrialSpec } from './index.js';
import { aRequest, aSpec, floats, samplesOf } from './testing/a-spec.js';
import { METHOD, startGrpcAnswerServer } from './testing/grpc-answer-server.js';
import { predictResponse } from './testing/predict-response.js';

const VERSION = 7;
const answer = (values: readonly number[], fields: object = {}): Buffer => predictResponse(values, fields, VERSION);
const CONTENT = answer([1, 2], { float_val: [], tensor_content: Buffer.from(Float32Array.of(1, 2).buffer) });

const ends = async (spec: TrialSpec): Promise<(string | number)[][]> =>
  (await samplesOf(spec)).map(({ outcome, code, version }) => [outcome, code, version]);

describe('generator over gRPC', () => {
  let generator: Generator;
  before(async () => {
    generator = await startGenerator();
  });
  after(() => generator[Symbol.asyncDispose]());
  const specFor = (address: string, overrides: Partial<TrialSpec>): TrialSpec => {
    const target: Target = { kind: 'grpc', address, path: METHOD };
    return aSpec(target, overrides);
  };

  it('reads tensor_content and typed fields, and keeps every kind of end', async () => {
    await using server = await startGrpcAnswerServer((request, reply) => {
      const text = request.toString();
      if (text === 'content') reply(null, CONTENT);
      if (text === 'typed') reply(null, answer([1, 2]));
      if (text === 'wrong') reply(null, answer([1, 1]));
      if (text === 'unknown') reply({ code: status.NOT_FOUND, details: 'Servable not found' });
      // 'silent' is never answered
    });
    const kinds = ['content', 'typed', 'wrong', 'unknown', 'silent'];
    const spec = specFor(server.address, {
      load: { kind: 'open', schedule: Float64Array.from(kinds, (_, i) => i * 10e6) },
      requests: kinds.map((kind) => aRequest(kind, [1, 2], 7)),
      order: Uint32Array.from(kinds, (_, i) => i),
      timeoutMs: 1500,
    });
    const outcome = await generator.runTrial(spec);
    assert.deepEqual(await ends(spec), [
      ['ok', 0, 7],
      ['ok', 0, 7],
      ['wrong-answer', 0, 7],
      ['grpc-error', 5, 0],
      ['timeout', 0, 0],
    ]);
    assert.match(outcome.failures.join('\n'), /gRPC NOT_FOUND: Servable not found/);
  });

  it('runs a closed loop on one connection', async () => {
    await using server = await startGrpcAnswerServer((_request, reply) => {
      reply(null, CONTENT);
    });
    const spec = specFor(server.address, {
      load: { kind: 'closed', concurrency: 4 },
      requests: [aRequest('x', [1, 2], 7)],
      warmupMs: 50,
    });
    const outcome = await generator.runTrial(spec);
    const samples = await samplesOf(spec);
    assert.deepEqual([outcome.failures, samples.length], [[], outcome.samples]);
    assert.ok(samples.length >= 4 && samples.every((sample) => sample.outcome === 'ok'));
    assert.ok(samples.every(({ sentAtNs, firstByteAtNs }) => firstByteAtNs >= sentAtNs));
  });

  it('carries messages larger than any default limit, many at once', async () => {
    const large = Buffer.alloc(6_000_000, 7);
    const values = new Float32Array(1_500_000).fill(0.5);
    const shape = { dim: [{ size: values.length }] };
    const body = answer([], { tensor_shape: shape, tensor_content: Buffer.from(values.buffer) });
    await using server = await startGrpcAnswerServer((request, reply) => {
      reply(null, request.equals(large) ? body : CONTENT);
    });
    const spec = specFor(server.address, {
      load: { kind: 'open', schedule: new Float64Array(5) },
      requests: [{ body: large, expected: [{ version: 7, outputs: [floats(values)] }] }],
      timeoutMs: 60_000,
    });
    const outcome = await generator.runTrial(spec);
    assert.deepEqual([await ends(spec), outcome.failures], [Array.from({ length: 5 }, () => ['ok', 0, 7]), []]);
  });

  it('connects again after the server has gone', async () => {
    let calls = 0;
    await using server = await startGrpcAnswerServer((_request, reply) => {
      calls++;
      if (calls === 2) server.dropConnections();
      else reply(null, CONTENT);
    });
    const spec = specFor(server.address, {
      requests: [aRequest('x', [1, 2], 7)],
      load: { kind: 'open', schedule: Float64Array.from({ length: 100 }, (_, i) => i * 10e6) },
      durationMs: 1000,
      // The next is sent once the last has ended: none is lost with another.
      maxOutstanding: 1,
    });
    await generator.runTrial(spec);
    const sent = (await ends(spec)).map(([end]) => end).filter((end) => end !== 'never-sent');
    assert.deepEqual(sent.slice(0, 2), ['ok', 'refused']);
    assert.equal(sent.at(-1), 'ok');
  });

  it('names a server that is not there', async () => {
    const spec = specFor('127.0.0.1:9', { load: { kind: 'open', schedule: Float64Array.of(0) } });
    await generator.runTrial(spec);
    assert.deepEqual(await ends(spec), [['refused', 111, 0]]);
  });
});
