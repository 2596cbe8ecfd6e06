import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { processTree } from '../../resources/index.js';
import type { FloorKind, Generator } from '../generator.js';
import { scheduleArrivals } from '../schedule/arrivals.js';
import { inputOrder } from '../schedule/input-order.js';
import { startGenerator } from '../start-generator.js';
import { aRequest, aSpec, floats, samplesOf } from '../testing/a-spec.js';
import { RIGHT, startAnswerServer, type AnswerServer } from '../testing/answer-server.js';
import type { Target } from '../trial-spec.js';
import { connectGenerators } from './generators-together.js';
import { serveGenerator, type ServedGenerator } from './serve-generator.js';

const OWN = { version: '1', secret: 'of both' };

const serve = (change: Partial<Parameters<typeof serveGenerator>[0]> = {}): Promise<ServedGenerator> =>
  serveGenerator({ host: '127.0.0.1', port: 0, say: () => undefined, ...OWN, ...change });
const rest = ({ address }: AnswerServer): Target => ({ kind: 'rest', address, path: '/v1/models/m:predict' });

describe('two generators on other machines', () => {
  let server: AnswerServer;
  let served: readonly ServedGenerator[];
  let together: Awaited<ReturnType<typeof connectGenerators>>;
  before(async () => {
    server = await startAnswerServer((_body, response) => response.end(RIGHT));
    served = await Promise.all([serve(), serve()]);
    together = await connectGenerators(served.map(({ address }) => address).join(), OWN);
  });
  after(async () => {
    await together[Symbol.asyncDispose]();
    await Promise.all([...served, server].map((each) => each[Symbol.asyncDispose]()));
  });

  it('are dealt the arrivals of one schedule, each with its input', async () => {
    const schedule = scheduleArrivals({ kind: 'poisson', ratePerS: 200, durationMs: 1000, seed: 7 });
    const requests = ['a', 'b', 'c'].map((text) => aRequest(text));
    const order = inputOrder(3, 64, requests.length);
    const spec = aSpec(rest(server), {
      requests,
      order,
      load: { kind: 'open', schedule },
      durationMs: 1000,
      warmupMs: 100,
    });
    let [started, ended] = [0, 0];
    const outcome = await together.runTrial(spec, {
      onWindowStart: () => (started += 1),
      onWindowEnd: () => (ended += 1),
    });
    const samples = await samplesOf(spec);
    assert.deepEqual([started, ended], [1, 1]);
    assert.deepEqual(
      samples.map(({ intendedAtNs }) => Math.round(intendedAtNs)),
      [...schedule],
    );
    assert.deepEqual(
      samples.map(({ input }) => input),
      samples.map((_, arrival) => order[arrival % order.length]),
    );
    assert.ok(samples.every(({ outcome: each }) => each === 'ok'));
    assert.equal(outcome.samples, schedule.length);
    assert.deepEqual(Object.keys(outcome.generators ?? {}).sort(), [...together.addresses].sort());
    assert.equal(existsSync(`${spec.samplesFile}.0`), false);
  });

  it('split the clients of a closed loop, and begin their windows together', async () => {
    await using slow = await startAnswerServer((_body, response) => {
      setTimeout(() => response.end(RIGHT), 50);
    });
    const spec = aSpec(rest(slow), { load: { kind: 'closed', concurrency: 5 }, warmupMs: 300, durationMs: 1500 });
    await together.runTrial(spec);
    assert.equal(slow.mostAtOnce, 5);
    const firstOfEach = (await samplesOf(spec)).slice(0, 5);
    assert.ok(
      firstOfEach.every(({ intendedAtNs }) => intendedAtNs < 750e6),
      'each works from the beginning of the window, not behind others',
    );
  });

  it('see the latency that one sees; the least, for a busy machine adds to the others', async () => {
    await using slow = await startAnswerServer((_body, response) => {
      setTimeout(() => response.end(RIGHT), 40);
    });
    await using alone = await startGenerator();
    const schedule = scheduleArrivals({ kind: 'poisson', ratePerS: 100, durationMs: 1500, seed: 11 });
    const leastMs = async (generator: Generator): Promise<number> => {
      const spec = aSpec(rest(slow), { load: { kind: 'open', schedule }, warmupMs: 200, durationMs: 1500 });
      await generator.runTrial(spec);
      return Math.min(...(await samplesOf(spec)).map(({ intendedAtNs, doneAtNs }) => (doneAtNs - intendedAtNs) / 1e6));
    };
    for (const least of [await leastMs(alone), await leastMs(together)])
      assert.ok(least >= 39 && least < 70, `${least} ms`);
  });

  it('take part only where there is something to do', async () => {
    const spec = aSpec(rest(server), { load: { kind: 'closed', concurrency: 1 } });
    const outcome = await together.runTrial(spec);
    assert.deepEqual(Object.keys(outcome.generators ?? {}), [together.addresses[0]]);
    assert.ok((await samplesOf(spec)).length > 0);
  });

  it('measure their floors where they are', async () => {
    const request = { body: Buffer.from('{}'), inputs: new Map(), outputs: [floats([1])], format: 'columnar' } as const;
    const kind = { protocol: 'rest', payload: 'json', model: 'm', batch: 1, request } as const;
    const floors = (await together.measureFloors?.([kind])) ?? [];
    assert.deepEqual(
      floors.map(({ generator }) => generator),
      together.addresses,
    );
  });

  it('keep the requests of a trial while their floors are measured', async () => {
    const request = { body: Buffer.from('{}'), inputs: new Map(), outputs: [floats([1])], format: 'columnar' } as const;
    const kinds = ['json', 'base64'].map((payload) => ({ protocol: 'rest', payload, model: 'm', batch: 1, request }));
    await using one = await startAnswerServer((_body, response) => response.end(RIGHT));
    const requests = [aRequest('mine')];
    await together.runTrial(aSpec(rest(one), { requests }));
    await together.measureFloors?.(kinds as readonly FloorKind[]);
    await together.runTrial(aSpec(rest(one), { requests }));
    assert.deepEqual([...new Set(one.bodies)], ['mine']);
  });

  it('end a trial early when they are told to', async () => {
    const stop = new AbortController();
    const spec = aSpec(rest(server), { load: { kind: 'closed', concurrency: 2 }, durationMs: 60_000 });
    const outcome = await together.runTrial(spec, {
      signal: stop.signal,
      onWindowStart: () => {
        stop.abort();
      },
    });
    assert.equal(outcome.cut, true);
  });

  it('tell what kept one of them from a trial', async () => {
    const spec = aSpec(
      { kind: 'grpc', address: 'no.such.host.invalid:1', path: '/x' },
      { load: { kind: 'closed', concurrency: 2 } },
    );
    await assert.rejects(together.runTrial(spec), /could not be run/);
    assert.equal(existsSync(spec.samplesFile), false);
  });
});

describe('a generator on another machine', () => {
  it('tells its bench when its process has died', async () => {
    const before = processTree(process.pid);
    await using server = await startAnswerServer((_body, response) => response.end(RIGHT));
    await using served = await serve();
    await using bench = await connectGenerators(served.address, OWN);
    const kill = (): void => {
      for (const pid of processTree(process.pid)) if (!before.includes(pid)) process.kill(pid, 'SIGKILL');
    };
    const spec = aSpec(rest(server), { durationMs: 60_000 });
    await assert.rejects(
      bench.runTrial(spec, { onWindowStart: kill }),
      /^Error: trial [^:]+ could not be run: the load generator ended by SIGKILL/,
    );
  });

  it('takes no bench with another secret or version, and one bench at a time', async () => {
    const told: string[] = [];
    await using served = await serve({ say: (text) => told.push(text) });
    const refused = (own: typeof OWN, why: RegExp): Promise<void> =>
      assert.rejects(connectGenerators(served.address, own), why);
    await refused({ ...OWN, secret: 'another' }, /the secret is not the generator's: set STUDY_GENERATOR_SECRET/);
    await refused({ ...OWN, secret: '' }, /the secret is not the generator's/);
    await refused({ ...OWN, version: '2' }, /the generator is of version 1, this bench of 2: run the same/);
    await using taken = await connectGenerators(served.address, OWN);
    assert.deepEqual(taken.addresses, [served.address]);
    await refused(OWN, /it works for another bench/);
    assert.ok(told.some((text) => text.includes('was refused')));
  });

  it('that never answers, is none, or is not there ends the start with one sentence', async () => {
    const silent = createServer(() => undefined);
    const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    for (const each of [silent, web]) await once(each.listen(0, '127.0.0.1').unref(), 'listening');
    const at = (each: typeof silent): string => `127.0.0.1:${(each.address() as AddressInfo).port}`;
    await assert.rejects(connectGenerators(at(silent), OWN), /at 127\.0\.0\.1:\d+: no answer within 5 s/);
    await assert.rejects(connectGenerators(at(web), OWN), /at 127\.0\.0\.1:\d+: /);
    await assert.rejects(connectGenerators('127.0.0.1:1', OWN), /at 127\.0\.0\.1:1: .*ECONNREFUSED/);
    await assert.rejects(
      connectGenerators('dns:no.such.name.invalid:1', OWN),
      /the name no\.such\.name\.invalid is not known/,
    );
    for (const wrong of ['', 'host', 'dns:a:1,b:2', 'http://a:1'])
      await assert.rejects(connectGenerators(wrong, OWN), /--generators takes host:port/);
    await assert.rejects(connectGenerators('a:1,a:1', OWN), /--generators names a:1 twice/);
  });

  it('hears no more of a stranger than it must', async () => {
    await using served = await serve();
    const [, port = ''] = served.address.split(':');
    const socket = connect(Number(port), '127.0.0.1')
      .on('error', () => undefined)
      .resume();
    await once(socket, 'connect');
    socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff]));
    await once(socket, 'close');
  });

  it('listens on loopback only without a secret, and says so', async () => {
    const told: string[] = [];
    await using served = await serve({ host: '0.0.0.0', secret: '', say: (text) => told.push(text) });
    assert.match(served.address, /^127\.0\.0\.1:/);
    assert.match(told[0] ?? '', /STUDY_GENERATOR_SECRET is not set: the generator listens on 127\.0\.0\.1 only/);
    await using together = await connectGenerators(served.address, { ...OWN, secret: '' });
    assert.equal(together.addresses.length, 1);
  });
});
