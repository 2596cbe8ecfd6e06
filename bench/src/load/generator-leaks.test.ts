import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { startGenerator, type LocalGenerator, type Target, type TrialSpec } from './index.js';
import { aRequest, aSpec, samplesOf } from './testing/a-spec.js';
import { RIGHT } from './testing/answer-server.js';
import { METHOD } from './testing/grpc-answer-server.js';
import { predictResponse } from './testing/predict-response.js';
import { startRawGrpc, wholeAnswer } from './testing/raw-grpc.js';
import { response, startRawRest } from './testing/raw-rest.js';

const MB = 2 ** 20;
/** A round grows by nothing; collections come when they like. */
const ALLOWED_GROWTH_BYTES = 100 * MB;
const [ROUNDS_BEFORE, ROUNDS] = [2, 3];

const skip = process.platform !== 'linux' && 'there is no /proc';

describe('a generator over many trials', { skip }, () => {
  let generator: LocalGenerator;
  before(async () => {
    generator = await startGenerator();
  });
  after(() => generator[Symbol.asyncDispose]());
  const descriptors = (): number => readdirSync(`/proc/${generator.pid}/fd`).length;
  const memoryBytes = (name: 'VmRSS' | 'VmHWM'): number => {
    const line = new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${generator.pid}/status`, 'utf8'));
    return Number(line?.[1]) * 1024;
  };
  const specFor = (target: Target, overrides: Partial<TrialSpec>): TrialSpec =>
    aSpec(target, { durationMs: 20, ...overrides });

  it('leaves neither descriptors nor memory behind, also where trials fail', async () => {
    const large = Buffer.alloc(200_000, 'x');
    await using restServer = await startRawRest((body, socket) => {
      if (body === 'reset') socket.resetAndDestroy();
      else if (body === 'cut') socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\nx');
      else if (body !== 'silent') socket.write(response(RIGHT));
    });
    await using grpcServer = await startRawGrpc(({ streamId, message }, { socket }) => {
      if (message.toString() === 'reset') socket.resetAndDestroy();
      else if (message.toString() !== 'silent') socket.write(wholeAnswer(streamId, predictResponse([1, 2])));
    });
    const targets: Target[] = [
      { kind: 'rest', address: restServer.address, path: '/' },
      { kind: 'grpc', address: grpcServer.address, path: METHOD },
      { kind: 'rest', address: '127.0.0.1:9', path: '/' },
      { kind: 'grpc', address: '127.0.0.1:9', path: METHOD },
    ];
    const kinds = ['right', 'reset', 'cut', 'silent'].map((text) => aRequest(text));
    const requests = [...kinds, { ...aRequest(''), body: large }];
    async function round(): Promise<void> {
      for (const target of targets) {
        const load = { kind: 'closed', concurrency: 4 } as const;
        await generator.runTrial(specFor(target, { load }));
        const mixed = { kind: 'open', schedule: Float64Array.from({ length: 25 }, (_, i) => i * 1e5) } as const;
        const order = Uint32Array.of(0, 1, 2, 3, 4);
        await generator.runTrial(specFor(target, { load: mixed, requests, order, timeoutMs: 30 }));
        const samplesFile = '/no/such/folder/x.bin';
        await assert.rejects(generator.runTrial(specFor(target, { samplesFile })), /ENOENT/);
      }
      const bad: Target = { kind: 'rest', address: targets[0]?.address ?? '', path: '/\r\n' };
      await assert.rejects(generator.runTrial(specFor(bad, {})), /a line break inside/);
    }
    for (let before = 0; before < ROUNDS_BEFORE; before++) await round();
    const [openBefore, bytesBefore] = [descriptors(), memoryBytes('VmRSS')];
    for (let count = 0; count < ROUNDS; count++) await round();
    assert.ok(descriptors() <= openBefore, `${openBefore} descriptors, then ${descriptors()}`);
    const grown = memoryBytes('VmRSS') - bytesBefore;
    assert.ok(grown < ALLOWED_GROWTH_BYTES, `${Math.round(grown / MB)} MB more`);
  });

  it('holds a bounded number of answers that are all different, and judges every one', async () => {
    const pad = 'x'.repeat(MB);
    await using server = await startRawRest((_body, socket, index) => {
      socket.write(response(`{"predictions":[[1,${index % 10 === 0 ? 3 : 2}]],"pad":"${index}${pad}"}`));
    });
    const target: Target = { kind: 'rest', address: server.address, path: '/' };
    const answers = 300;
    const spec = specFor(target, {
      load: { kind: 'open', schedule: new Float64Array(answers) },
      connections: 2,
      timeoutMs: 60_000,
    });
    const bytesBefore = memoryBytes('VmHWM');
    await generator.runTrial(spec);
    const grown = memoryBytes('VmHWM') - bytesBefore;
    assert.ok(grown < 300 * MB, `${Math.round(grown / MB)} MB for ${answers} answers`);
    const samples = await samplesOf(spec);
    const right = samples.filter(({ outcome }) => outcome === 'ok').length;
    const wrong = samples.filter(({ outcome }) => outcome === 'wrong-answer').length;
    assert.deepEqual([right, wrong], [answers * 0.9, answers * 0.1]);
  });
});
