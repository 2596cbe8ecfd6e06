import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cellResultSchema, type CellResult, type Gate, type Sample } from '../../record/index.js';
import { aCell, aSample, aSteadyTrial, aTrial } from '../testing/a-trial.js';
import { summariseCell } from './summarise-cell.js';

const gate = (result: CellResult, name: Gate['name']): Gate => {
  const found = result.gates.find((each) => each.name === name);
  assert.ok(found);
  return found;
};
const steady = Array.from({ length: 6 }, (_, block) => aSteadyTrial(1, { block }));

describe('summariseCell', () => {
  it('sums a sound cell up', () => {
    const result = cellResultSchema.parse(summariseCell(aCell(), steady));
    assert.ok(result.valid, JSON.stringify(result.gates));
    assert.equal(result.service.n, 6000);
    assert.equal(result.service.percentiles[3]?.valueMs, 1);
    assert.deepEqual(result.throughputPerS, { value: 1000, low: 1000, high: 1000 });
    assert.deepEqual([result.bytesOutMean, result.bytesInMean], [100, 50]);
    assert.deepEqual(
      result.trials.map(({ block, valid, p50Ms }) => [block, valid, p50Ms]),
      steady.map((_, block) => [block, true, 1]),
    );
  });

  it('gives the same bytes for the same files', () => {
    assert.equal(JSON.stringify(summariseCell(aCell(), steady)), JSON.stringify(summariseCell(aCell(), steady)));
  });

  it('has a result for no trial, an empty trial and one where all failed, and it is INVALID', () => {
    const failed = aTrial(
      Array.from({ length: 20 }, (_, i) => aSample({ intendedAtNs: i * 1e6, outcome: 'refused', code: 111 })),
    );
    for (const trials of [[], [aTrial([])], [failed], [aTrial([aSample()], { durationMs: 0 })]]) {
      const result = cellResultSchema.parse(summariseCell(aCell(), trials));
      assert.equal(result.valid, false);
    }
    const { record, samples } = failed;
    const told = { record: { ...record, failures: ['refused: connect ECONNREFUSED'] }, samples };
    assert.match(gate(summariseCell(aCell(), [told]), 'errors').detail, /20 refused \(for example refused: connect/);
    assert.equal(
      gate(summariseCell(aCell(), [failed]), 'errors').detail,
      '20 of 20 requests failed (100%, limit 0.1%): 20 refused',
    );
  });

  it('counts a request that failed in the ranks as never answered, however soon it failed', () => {
    const samples = [
      ...Array.from({ length: 12 }, () => aSample()),
      aSample({ outcome: 'refused', doneAtNs: 0.1e6 }),
      aSample({ outcome: 'never-sent', sentAtNs: Number.NaN, doneAtNs: Number.NaN }),
    ];
    const result = summariseCell(aCell({ kind: 'open', arrivals: 'poisson', ratePerS: 14 }), [aTrial(samples)]);
    assert.deepEqual([result.response.n, result.service.n, result.response.maxMs], [14, 13, 1]);
    assert.deepEqual([result.response.minMs, result.service.spectrum.at(-1)?.ms], [1, 1]);
    assert.deepEqual([result.outcomes.refused, result.outcomes['never-sent'], result.outcomes.ok], [1, 1, 12]);
  });

  it('says how much longer to run for p99', () => {
    const trial = aSteadyTrial(1000 / 418, { durationMs: 1000 });
    const { passed, detail, remedy } = gate(summariseCell(aCell(), [trial]), 'samples');
    assert.deepEqual(
      [passed, detail, remedy],
      [true, '662 samples are needed for p99, 418 were taken', 'run 1 s longer'],
    );
    const few = gate(summariseCell(aCell(), [aSteadyTrial(250)]), 'samples');
    assert.deepEqual(
      [few.passed, few.detail, few.remedy],
      [false, '11 samples are needed for p50, 4 were taken', 'run 2 s longer'],
    );
  });

  it('sets trials aside that the generator spoiled, and is INVALID when too many are', () => {
    const loop = { kind: 'open', arrivals: 'poisson', ratePerS: 1000 } as const;
    const busy = { lagP50Ms: 0.1, lagP99Ms: 0.4, lagMaxMs: 1, cpuShare: 0.95, dropped: 0 };
    const withBusy = (n: number) =>
      steady.map((trial, i) => (i < n ? aSteadyTrial(1, { block: i, generator: busy }) : trial));
    const two = summariseCell(aCell(loop), withBusy(2));
    assert.deepEqual([two.valid, two.service.n], [true, 4000]);
    assert.match(
      gate(two, 'generator-lag').detail,
      /^2 trials of 6 set aside, cell\/b0: the generator used 95% of a core/,
    );
    assert.equal(summariseCell(aCell(loop), withBusy(3)).valid, false);
  });

  it('shows the lag of the generator and sets nothing aside for it: the claims ask what it may have changed', () => {
    const loop = { kind: 'open', arrivals: 'poisson', ratePerS: 1000 } as const;
    const late = { lagP50Ms: 0.1, lagP99Ms: 40, lagMaxMs: 100, cpuShare: 0.1, dropped: 0 };
    const result = summariseCell(
      aCell(loop),
      steady.map((_, block) => aSteadyTrial(1, { block, generator: late })),
    );
    assert.equal(result.valid, true);
    assert.match(gate(result, 'generator-lag').detail, /^lag p99 40 ms; the generator used 10% of a core/);
  });

  it('sets a trial aside whose samples are not all there', () => {
    const cut = steady.map((trial, i) =>
      i === 0 ? { ...trial, record: { ...trial.record, samples: 2 * trial.record.samples } } : trial,
    );
    const result = summariseCell(aCell(), cut);
    assert.deepEqual([result.valid, result.trials[0]?.valid], [true, false]);
    assert.match(gate(result, 'cut').detail, /1000 of 2000 samples can be read from its file/);
  });

  it('does not set trials aside in which the server failed', () => {
    const all = (outcome: 'refused' | 'wrong-answer', cpuShare = 0.1) =>
      steady.map((trial, block) =>
        block === 0
          ? trial
          : aTrial(
              Array.from({ length: 1000 }, (_, i) => aSample({ intendedAtNs: i * 1e6, outcome })),
              { block, generator: { lagP50Ms: 0, lagP99Ms: 0, lagMaxMs: 0, cpuShare, dropped: 0 } },
            ),
      );
    const refused = summariseCell(aCell(), all('refused'));
    assert.deepEqual([refused.valid, refused.outcomes.refused, refused.outcomes.ok], [false, 5000, 1000]);
    assert.deepEqual([refused.trials[1]?.valid, refused.trials[1]?.p50Ms], [true, null]);
    assert.equal(gate(summariseCell(aCell(), all('wrong-answer')), 'parity').passed, false);
    for (const [outcome, name] of [
      ['refused', 'errors'],
      ['wrong-answer', 'parity'],
    ] as const)
      assert.equal(gate(summariseCell(aCell(), all(outcome, 1.2)), name).passed, false, 'nor by the generator’s CPU');
    const allowed = summariseCell(aCell(undefined, { errorLimit: 1 }), all('refused'));
    assert.match(gate(allowed, 'steadiness').detail, /half of the requests or more had no right answer/);
  });

  it('is INVALID when different gates together set too many trials aside', () => {
    const loop = { kind: 'open', arrivals: 'poisson', ratePerS: 1000 } as const;
    const health = { lagP50Ms: 0, lagP99Ms: 0, lagMaxMs: 0, cpuShare: 0.1, dropped: 0 };
    const spoiled = steady.map((trial, i) =>
      i < 2
        ? aSteadyTrial(1, { block: i, generator: { ...health, cpuShare: 0.95 } })
        : i < 4
          ? aSteadyTrial(1, { block: i, generator: { ...health, dropped: 2 } })
          : trial,
    );
    const result = summariseCell(aCell(loop), spoiled);
    assert.equal(result.valid, false);
    assert.match(gate(result, 'generator-drops').detail, /^2 trials of 6 set aside, 4 with those of other gates, /);
  });

  it('is INVALID for drops, wrong answers, unequal bytes, a cut, or a generator at its limit', () => {
    const health = { lagP50Ms: 0, lagP99Ms: 0, lagMaxMs: 0, cpuShare: 0.1, dropped: 0 };
    const samples = (change: (i: number) => Parameters<typeof aSample>[0]) =>
      Array.from({ length: 1000 }, (_, i) => aSample({ intendedAtNs: i * 1e6, ...change(i) }));
    const cases: [Gate['name'], ReturnType<typeof aTrial>][] = [
      ['generator-drops', aSteadyTrial(1, { generator: { ...health, dropped: 2 } })],
      ['generator-lag', aSteadyTrial(1, { generator: { ...health, cpuShare: 0.95 } })],
      ['cut', aSteadyTrial(1, { cut: true })],
      ['parity', aTrial(samples((i) => (i === 7 ? { outcome: 'wrong-answer' } : {})))],
      ['equal-bytes', aTrial(samples((i) => ({ bytesOut: i === 7 ? 101 : 100 })))],
    ];
    for (const [name, trial] of cases) {
      const result = summariseCell(aCell(), [trial]);
      assert.deepEqual([name, gate(result, name).passed, result.valid], [name, false, false]);
      assert.ok(gate(result, name).remedy);
    }
  });

  it('shows how far the thirds are apart, which makes nothing INVALID', () => {
    const slowing = aTrial(
      Array.from({ length: 900 }, (_, i) => {
        const intendedAtNs = (i / 900) * 1e9;
        return aSample({ intendedAtNs, doneAtNs: intendedAtNs + (i < 600 ? 1e6 : 1.5e6) });
      }),
    );
    const { passed, detail } = gate(summariseCell(aCell(), [slowing]), 'steadiness');
    assert.equal(passed, true);
    assert.equal(detail, 'throughput of the thirds within 0%, p50 within 29% of their mean (1 ms, 1 ms, 1.5 ms)');
  });

  it('judges an open loop by what ends, not by what the schedule sends', () => {
    const overloaded = aTrial(
      Array.from({ length: 900 }, (_, i) => {
        const intendedAtNs = (i / 900) * 1e9;
        return aSample({ intendedAtNs, doneAtNs: 2 * intendedAtNs + 1e6 });
      }),
    );
    const result = summariseCell(aCell({ kind: 'open', arrivals: 'constant', ratePerS: 900 }), [overloaded]);
    assert.match(gate(result, 'steadiness').detail, /p50 within 67% of their mean/);
    assert.ok(Math.abs(result.throughputPerS.value - 450) < 2);
  });

  it('gives the same throughput to servers that answer slow requests one by one or all at once', () => {
    const loop = { kind: 'closed', concurrency: 8 } as const;
    const begun = (atNs: number): Sample => aSample({ intendedAtNs: atNs, sentAtNs: atNs, doneAtNs: atNs + 16e9 });
    const oneByOne = Array.from({ length: 12 }, (_, i) => begun(2e9 * i));
    // Those under way when the window began end after 16 s, and eight others begin.
    const allAtOnce = Array.from({ length: 8 }, () => begun(16e9));
    for (const samples of [oneByOne, allAtOnce])
      assert.equal(summariseCell(aCell(loop), [aTrial(samples, { durationMs: 24_000 })]).throughputPerS.value, 0.5);
  });

  it('allows for a slow first request, which is under way when the window begins', () => {
    const slow = [900, 1400, 1900, 2400].map((atMs) =>
      aSample({ intendedAtNs: atMs * 1e6, sentAtNs: atMs * 1e6, doneAtNs: (atMs + 500) * 1e6 }),
    );
    const trials = Array.from({ length: 6 }, () => aTrial(slow, { durationMs: 2900 }));
    assert.ok(gate(summariseCell(aCell(), trials), 'littles-law').passed);
  });

  it('misses workers of a closed loop that stood idle', () => {
    const idle = summariseCell(aCell({ kind: 'closed', concurrency: 2 }), [aSteadyTrial(1)]);
    assert.deepEqual([gate(idle, 'littles-law').passed, idle.valid], [false, false]);
    const open = summariseCell(aCell({ kind: 'open', arrivals: 'poisson', ratePerS: 1000 }), [aSteadyTrial(1)]);
    assert.ok(gate(open, 'littles-law').passed);
  });

  it('counts what was under way when the window began, and the usual lag of the generator', () => {
    const [firstMs, serviceMs, lagMs, stallMs] = [400, 20, 2, 10];
    const rowsAt = (lateMs: number): Sample[] =>
      Array.from({ length: Math.ceil(600 / (serviceMs + lateMs)) }, (_, row) => {
        const intendedAtNs = (firstMs + row * (serviceMs + lateMs)) * 1e6;
        const sentAtNs = intendedAtNs + lateMs * 1e6;
        return aSample({ intendedAtNs, sentAtNs, doneAtNs: sentAtNs + serviceMs * 1e6 });
      });
    const rows = rowsAt(lagMs);
    const heldAt = (lagP50Ms: number, samples = rows): CellResult =>
      summariseCell(aCell(), [
        aTrial(samples, { generator: { lagP50Ms, lagP99Ms: 2, lagMaxMs: 2, cpuShare: 0.1, dropped: 0 } }),
      ]);
    assert.equal(gate(heldAt(stallMs, rowsAt(stallMs)), 'littles-law').passed, false, 'no lag so long is usual');
    assert.match(gate(heldAt(lagMs), 'littles-law').detail, /is 1 at concurrency 1: 0% apart/);
    assert.equal(gate(heldAt(0), 'littles-law').passed, false, 'the generator stalled before each request');
    assert.equal(gate(heldAt(lagMs, rows.toSpliced(5, 3)), 'littles-law').passed, false, 'three samples are lost');
  });

  it('adds up what the contestant used, and nobody else', () => {
    const use = {
      name: 'server',
      cpuSeconds: 0.5,
      rssMaxBytes: 100,
      rssMeanBytes: 90,
      voluntarySwitches: 1,
      involuntarySwitches: 1,
      threads: 2,
    };
    const trial = aSteadyTrial(1, {
      usage: [
        { ...use, contestant: 'flask-style' },
        { ...use, contestant: 'flask-style' },
        { ...use, contestant: 'generator' },
      ],
    });
    const result = summariseCell(aCell(), [trial]);
    assert.deepEqual([result.cpuMsPerRequest, result.rssMaxBytes], [1, 200]);
    assert.deepEqual(
      [summariseCell(aCell(), steady).cpuMsPerRequest, summariseCell(aCell(), steady).rssMaxBytes],
      [null, null],
    );
  });

  it('splits time and leaves the remainder as it is, below zero too', () => {
    const none = Number.NaN;
    const timed = (serverTimingUs: Parameters<typeof aSample>[0] & object) => [
      aTrial(Array.from({ length: 20 }, () => aSample(serverTimingUs))),
    ];
    const split = (trials: ReturnType<typeof timed>) =>
      summariseCell(aCell(), trials).split.map(({ part, ms }) => [part, Number(ms.toFixed(3))]);
    assert.deepEqual(split(timed({ serverTimingUs: [100, none, 600, 50, none] })), [
      ['parse', 0.1],
      ['inference', 0.6],
      ['serialise', 0.05],
      ['unaccounted', 0.25],
    ]);
    assert.deepEqual(split(timed({ serverTimingUs: [none, none, 1200, none, none] })).at(-1), ['unaccounted', -0.2]);
    assert.deepEqual(split([aSteadyTrial(1)]), []);
    const proxied = timed({ serverTimingUs: [100, none, none, 50, 800] }).map(({ record, samples }) => ({
      record: { ...record, serverMeansUs: { server: 500, inference: 300, queue: 50 } },
      samples,
    }));
    assert.deepEqual(split(proxied), [
      ['parse', 0.1],
      ['serialise', 0.05],
      ['upstream server, rest', 0.15],
      ['upstream inference', 0.3],
      ['upstream queue', 0.05],
      ['upstream, rest', 0.3],
      ['unaccounted', 0.05],
    ]);
  });
});
