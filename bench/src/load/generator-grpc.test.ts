import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { loadMessages } from '@serving-study/protos';
import { after, before, describe, it } from 'node:test';
import { readSamples, sampleAt } from '../samples/index.js';
import { startGenerator, type Generator, type TrialSpec } from './index.js';
import { aRequest, aSpec } from './testing/a-spec.js';
import { METHOD, startGrpcAnswerServer } from './testing/grpc-answer-server.js';

const Response = loadMessages().lookupType('tensorflow.serving.PredictResponse');
const answer = (fields: object): Buffer =>
  Buffer.from(
    Response.encode(
      Response.fromObject({
        outputs: { scores: { dtype: 'DT_FLOAT', tensor_shape: { dim: [{ size: 1 }, { size: 2 }] }, ...fields } },
        model_spec: { name: 'm', version: { value: 7 } },
      }),
    ).finish(),
  );
const CONTENT = answer({ tensor_content: Buffer.from(Float32Array.of(1, 2).buffer) });

async function ends(spec: TrialSpec): Promise<(string | number)[][]> {
  const { table } = await readSamples(spec.samplesFile);
  return Array.from({ length: table.length }, (_, row) => sampleAt(table, row))
    .sort((a, b) => a.input - b.input)
    .map(({ outcome, code, version }) => [outcome, code, version]);
}

describe('generator over gRPC', () => {
  let generator: Generator;
  before(async () => {
    generator = await startGenerator();
  });
  after(() => generator.close());

  it('reads tensor_content and typed fields, and keeps every kind of end', async () => {
    await using server = await startGrpcAnswerServer((request, reply) => {
      const text = request.toString();
      if (text === 'content') reply(null, CONTENT);
      if (text === 'typed') reply(null, answer({ float_val: [1, 2] }));
      if (text === 'wrong') reply(null, answer({ float_val: [1, 1] }));
      if (text === 'unknown') reply({ code: status.NOT_FOUND, details: 'Servable not found' });
      // 'silent' is never answered
    });
    const kinds = ['content', 'typed', 'wrong', 'unknown', 'silent'];
    const spec = aSpec(
      { kind: 'grpc', address: server.address, method: METHOD },
      {
        load: { kind: 'open', schedule: Float64Array.from(kinds, (_, i) => i * 10e6) },
        requests: kinds.map((kind) => aRequest(kind, [1, 2], 7)),
        order: Uint32Array.from(kinds, (_, i) => i),
        timeoutMs: 1000,
      },
    );
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

  it('runs a closed loop on several connections', async () => {
    await using server = await startGrpcAnswerServer((_request, reply) => {
      reply(null, CONTENT);
    });
    const spec = aSpec(
      { kind: 'grpc', address: server.address, method: METHOD },
      { load: { kind: 'closed', concurrency: 4 }, connections: 2, requests: [aRequest('x', [1, 2], 7)], warmupMs: 50 },
    );
    const outcome = await generator.runTrial(spec);
    const { table } = await readSamples(spec.samplesFile);
    assert.deepEqual([outcome.failures, table.length], [[], outcome.samples]);
    assert.ok(table.length > 4 && table.outcome.every((end) => end === 0));
    assert.ok(table.firstByteAtNs.every((atNs, row) => atNs >= (table.sentAtNs[row] ?? 0)));
  });

  it('carries messages larger than any default limit, many at once', async () => {
    const large = Buffer.alloc(6_000_000, 7);
    const values = new Float32Array(1_500_000).fill(0.5);
    const content = Buffer.from(values.buffer);
    const body = answer({ tensor_shape: { dim: [{ size: values.length }] }, tensor_content: content });
    await using server = await startGrpcAnswerServer((request, reply) => {
      reply(null, request.equals(large) ? body : CONTENT);
    });
    const spec = aSpec(
      { kind: 'grpc', address: server.address, method: METHOD },
      {
        load: { kind: 'open', schedule: new Float64Array(5) },
        requests: [{ body: large, expected: [{ version: 7, values }] }],
        timeoutMs: 60_000,
      },
    );
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
    const spec = aSpec(
      { kind: 'grpc', address: server.address, method: METHOD },
      {
        load: { kind: 'open', schedule: Float64Array.of(0, 50e6, 100e6, 150e6) },
        requests: ['0', '1', '2', '3'].map((text) => aRequest(text, [1, 2], 7)),
        order: Uint32Array.of(0, 1, 2, 3),
      },
    );
    await generator.runTrial(spec);
    const seen = await ends(spec);
    assert.deepEqual(seen[0], ['ok', 0, 7]);
    assert.equal(seen[1]?.[0], 'refused');
    assert.deepEqual(seen[3], ['ok', 0, 7]);
  });

  it('names a server that is not there', async () => {
    const spec = aSpec(
      { kind: 'grpc', address: '127.0.0.1:9', method: METHOD },
      { load: { kind: 'open', schedule: Float64Array.of(0) } },
    );
    await generator.runTrial(spec);
    assert.deepEqual(await ends(spec), [['refused', 111, 0]]);
  });
});
