import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { readSamples } from '../samples/index.js';
import { scheduleArrivals, startGenerator, type Generator, type Target, type TrialSpec } from './index.js';
import { aRequest, aSpec, floats, samplesOf } from './testing/a-spec.js';
import { RIGHT, startAnswerServer } from './testing/answer-server.js';

const rest = (address: string): Target => ({ kind: 'rest', address, path: '/v1/models/m:predict' });

describe('generator over REST', () => {
  let generator: Generator;
  before(async () => {
    generator = await startGenerator();
  });
  after(() => generator[Symbol.asyncDispose]());

  const specFor = (target: Target, overrides: Partial<TrialSpec> = {}): TrialSpec => aSpec(target, overrides);

  it('runs a closed loop: as many at once as asked, and no warm-up in the samples', async () => {
    await using server = await startAnswerServer((_body, response, request) => {
      assert.equal(request.url, '/v1/models/m:predict');
      assert.equal(request.headers['content-type'], 'application/json');
      response.setHeader('Server-Timing', 'inference;dur=1.5, parse;dur=0.25');
      response.setHeader('X-Model-Version', '1');
      setTimeout(() => response.end(RIGHT), 2);
    });
    const spec = specFor(rest(server.address), { load: { kind: 'closed', concurrency: 3 }, warmupMs: 100 });
    const outcome = await generator.runTrial(spec);
    const samples = await samplesOf(spec);
    assert.equal(samples.length, outcome.samples);
    assert.ok(samples.length > 0 && samples.length < server.bodies.length);
    assert.equal(server.mostAtOnce, 3);
    assert.deepEqual([outcome.cut, outcome.durationMs, outcome.failures], [false, 200, []]);
    for (const sample of samples) {
      assert.ok(sample.intendedAtNs >= 0 && sample.intendedAtNs < 200e6);
      assert.ok(sample.sentAtNs >= sample.intendedAtNs && sample.firstByteAtNs > sample.sentAtNs);
      assert.ok(sample.doneAtNs >= sample.firstByteAtNs);
      assert.deepEqual([sample.outcome, sample.code, sample.version], ['ok', 200, 1]);
      assert.deepEqual([sample.bytesOut, sample.bytesIn], [2, RIGHT.length]);
      assert.deepEqual(sample.serverTimingUs, [250, Number.NaN, 1500, Number.NaN, Number.NaN]);
    }
  });

  it('runs an open loop: each instant of the schedule is one sample, with the inputs in their order', async () => {
    await using server = await startAnswerServer((_body, response) => response.end(RIGHT));
    // The last one falls due as the window ends.
    const arrivals = scheduleArrivals({ kind: 'poisson', ratePerS: 200, durationMs: 300, seed: 4 });
    const schedule = Float64Array.of(...arrivals, 300e6 - 1);
    const order = Uint32Array.of(0, 2, 1);
    const requests = ['a', 'b', 'c'].map((text) => aRequest(text));
    const spec = specFor(rest(server.address), { load: { kind: 'open', schedule }, order, requests, durationMs: 300 });
    const outcome = await generator.runTrial(spec);
    const samples = await samplesOf(spec);
    assert.deepEqual(
      samples.map(({ intendedAtNs }) => intendedAtNs),
      [...schedule],
    );
    assert.deepEqual(
      samples.map(({ input }) => input),
      samples.map((_, i) => order[i % 3]),
    );
    assert.ok(samples.every(({ sentAtNs, intendedAtNs }) => sentAtNs >= intendedAtNs));
    assert.equal(outcome.generator.dropped, 0);
    assert.ok(outcome.generator.cpuShare > 0 && outcome.generator.lagMaxMs >= outcome.generator.lagP50Ms);
  });

  it('keeps every kind of end as a sample', async () => {
    await using server = await startAnswerServer((body, response) => {
      if (body === 'right') response.end(RIGHT);
      if (body === 'wrong') response.end('{"predictions":[[1,2.5]]}');
      if (body === 'unreadable') response.end('{"predictions":');
      if (body === 'error') response.writeHead(503).end('{"error":"not now"}');
      if (body === 'reset') response.socket?.resetAndDestroy();
      // 'silent' is never answered
    });
    const kinds = ['right', 'wrong', 'unreadable', 'error', 'reset', 'silent'];
    const spec = specFor(rest(server.address), {
      load: { kind: 'open', schedule: Float64Array.from(kinds, (_, i) => i * 10e6) },
      requests: kinds.map((kind) => aRequest(kind)),
      order: Uint32Array.from(kinds, (_, i) => i),
      durationMs: 100,
      timeoutMs: 1500,
    });
    const outcome = await generator.runTrial(spec);
    const byInput = (await samplesOf(spec)).sort((a, b) => a.input - b.input);
    assert.deepEqual(
      byInput.map((sample) => [sample.outcome, sample.code]),
      [
        ['ok', 200],
        ['wrong-answer', 200],
        ['wrong-answer', 200],
        ['http-error', 503],
        ['refused', 104],
        ['timeout', 0],
      ],
    );
    const silent = byInput[5];
    assert.ok(silent !== undefined && silent.doneAtNs - silent.intendedAtNs >= 1500e6);
    assert.ok(Number.isNaN(silent.firstByteAtNs));
    assert.equal(outcome.failures.length, 5);
    for (const reason of [
      /number 1 is 2.5, expected 2/,
      /unreadable answer/,
      /HTTP 503: {"error":"not now"}/,
      /timed out/,
    ]) {
      assert.match(outcome.failures.join('\n'), reason);
    }
  });

  it('names a server that is not there', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    const spec = specFor(rest(`http://127.0.0.1:${port}`), {
      load: { kind: 'open', schedule: Float64Array.of(0, 1e6) },
    });
    const outcome = await generator.runTrial(spec);
    assert.deepEqual(
      (await samplesOf(spec)).map(({ outcome: end, code }) => [end, code]),
      [
        ['refused', 111],
        ['refused', 111],
      ],
    );
    assert.match(outcome.failures.join(), /ECONNREFUSED/);
  });

  it('never sends beyond the cap on outstanding requests, and says so', async () => {
    await using server = await startAnswerServer(() => undefined);
    const schedule = new Float64Array(10);
    const spec = specFor(rest(server.address), {
      load: { kind: 'open', schedule },
      maxOutstanding: 3,
      timeoutMs: 300,
    });
    const outcome = await generator.runTrial(spec);
    const ends = (await samplesOf(spec)).map(({ outcome: end }) => end).sort();
    assert.deepEqual(ends, [...new Array<string>(7).fill('never-sent'), ...new Array<string>(3).fill('timeout')]);
    assert.equal(outcome.generator.dropped, 7);
  });

  it('counts the wait for a connection in the response time, not in the service time or the lag', async () => {
    await using server = await startAnswerServer((_body, response) => setTimeout(() => response.end(RIGHT), 30));
    const spec = specFor(rest(server.address), {
      load: { kind: 'open', schedule: Float64Array.of(0, 0, 0, 0) },
      connections: 1,
    });
    await generator.runTrial(spec);
    const samples = await samplesOf(spec);
    assert.equal(server.mostAtOnce, 1);
    const last = samples.at(-1);
    assert.ok(last !== undefined && last.sentAtNs >= 80e6 && last.doneAtNs - last.intendedAtNs >= 110e6);
  });

  it('can be cut at any time and keeps what was measured', async () => {
    await using server = await startAnswerServer((_body, response) => response.end(RIGHT));
    for (const load of [
      { kind: 'closed', concurrency: 2 },
      { kind: 'open', schedule: Float64Array.from({ length: 60_000 }, (_, i) => i * 1e6) },
    ] as const) {
      const cut = new AbortController();
      const spec = specFor(rest(server.address), { load, durationMs: 60_000 });
      const outcome = await generator.runTrial(spec, {
        signal: cut.signal,
        onWindowStart: () =>
          setTimeout(() => {
            cut.abort();
          }, 100),
      });
      assert.ok(outcome.cut && outcome.durationMs < 60_000);
      assert.equal((await samplesOf(spec)).length, outcome.samples);
    }
    const outcome = await generator.runTrial(specFor(rest(server.address)), { signal: AbortSignal.abort() });
    assert.deepEqual([outcome.cut, outcome.samples, outcome.durationMs], [true, 0, 0]);
  });
});

describe('generator over REST', () => {
  let generator: Generator;
  before(async () => {
    generator = await startGenerator();
  });
  after(() => generator[Symbol.asyncDispose]());

  it('begins the window of a closed loop with the first input, whatever the warm-up took', async () => {
    const requests = Array.from({ length: 997 }, (_, i) => aRequest(String(i)));
    const order = Uint32Array.from({ length: 997 }, (_, i) => i);
    for (const delayMs of [0, 2]) {
      await using server = await startAnswerServer((_body, response) => setTimeout(() => response.end(RIGHT), delayMs));
      const load = { kind: 'closed', concurrency: 1 } as const;
      const spec = aSpec(rest(server.address), { load, order, requests, warmupMs: 50, durationMs: 300 });
      await generator.runTrial(spec);
      const samples = await samplesOf(spec);
      assert.ok(samples.length > 0);
      assert.deepEqual(
        samples.map(({ input }) => input),
        samples.map((_, i) => i % 997),
      );
    }
  });

  it('tells versions apart by their predictions, and holds a claimed version to its own', async () => {
    await using server = await startAnswerServer((body, response) => {
      if (body === 'claims 1, is 2') response.setHeader('X-Model-Version', '1');
      response.end('{"predictions":[[3,4]]}');
    });
    const expected = [
      { version: 1, outputs: [floats([1, 2])] },
      { version: 2, outputs: [floats([3, 4])] },
    ];
    const spec = aSpec(rest(server.address), {
      load: { kind: 'open', schedule: Float64Array.of(0, 1e6) },
      requests: ['claims nothing', 'claims 1, is 2'].map((text) => ({ body: Buffer.from(text), expected })),
      order: Uint32Array.of(0, 1),
    });
    await generator.runTrial(spec);
    const samples = (await samplesOf(spec)).sort((a, b) => a.input - b.input);
    assert.deepEqual(
      samples.map(({ outcome, version }) => [outcome, version]),
      [
        ['ok', 2],
        ['wrong-answer', 1],
      ],
    );
  });

  it('loses nothing but the last moments when it is killed, and says that it died', async () => {
    await using server = await startAnswerServer((_body, response) => response.end(RIGHT));
    const victim = await startGenerator();
    const spec = aSpec(rest(server.address), { durationMs: 60_000 });
    const trial = assert.rejects(victim.runTrial(spec), /the load generator ended by SIGKILL/);
    let kept = 0;
    for (const giveUpAt = Date.now() + 20_000; kept === 0 && Date.now() < giveUpAt;) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      kept = await readSamples(spec.samplesFile).then(
        ({ table }) => table.length,
        () => 0,
      );
    }
    process.kill(victim.pid, 'SIGKILL');
    await trial;
    assert.ok(kept > 0 && (await samplesOf(spec)).length >= kept);
    await victim[Symbol.asyncDispose]();
  });

  it('refuses what no trial can be made of', async () => {
    const target = rest('http://127.0.0.1:9');
    await assert.rejects(
      generator.runTrial(aSpec(target, { requests: [], durationMs: 0 })),
      /no requests.*durationMs is 0/,
    );
    await assert.rejects(
      generator.runTrial(aSpec(target, { order: Uint32Array.of(1) })),
      /names a request that is not there/,
    );
    const spec = aSpec(target, { samplesFile: '/no/such/folder/x.bin' });
    await assert.rejects(generator.runTrial(spec), /could not be run: .*ENOENT/);
  });
});
