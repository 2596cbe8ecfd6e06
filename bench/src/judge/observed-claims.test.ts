import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Capacity } from '../observations/capacity/record.js';
import type { HotUpdate } from '../observations/hot-update/record.js';
import { CLAIMS, QUESTIONS } from '../questions/index.js';
import type { StudyRecord, Verdict } from '../record/index.js';
import { aStudy } from '../record/testing/a-study.js';
import { Findings } from './findings.js';
import { judgeClaims } from './judge-claims.js';

function verdictOf(claim: string, observations: StudyRecord['observations']): Verdict {
  const found = CLAIMS.find(({ id }) => id === claim);
  assert.ok(found !== undefined && 'judge' in found);
  return found.judge(new Findings(aStudy({ observations }), [])).verdict;
}

type Update = HotUpdate['updates'][number];

function anUpdate(contestant: string, overrides: Partial<Update>): { 'hot-update': HotUpdate } {
  const update: Update = {
    contestant,
    way: '',
    requests: 2400,
    requestsDuring: 800,
    failedBefore: 0,
    failed: 0,
    mixed: 0,
    stale: 0,
    slow: 0,
    firstNewAtS: 5,
    p99Ms: { before: 1, during: 1, after: 1 },
    memoryMb: { before: 1, peak: 1 },
    timeline: [],
    ...overrides,
  };
  return { 'hot-update': { ratePerS: 200, publishedAtS: 4, updates: [update], leftOut: [] } };
}

describe('claims on updates', () => {
  const reload = (overrides: Partial<Update>): Verdict =>
    verdictOf('hot-update-by-hand', anUpdate('flask-reload', overrides));
  const restart = (overrides: Partial<Update>): Verdict =>
    verdictOf('hot-update-restart-fails', anUpdate('flask-style', overrides));

  it('are decided by failures, and by their absence when there were requests enough', () => {
    assert.deepEqual([reload({}), restart({})], ['CONFIRMED', 'REFUTED']);
    assert.deepEqual([reload({ failed: 1 }), restart({ failed: 1 })], ['REFUTED', 'CONFIRMED']);
    assert.deepEqual([reload({ mixed: 1 }), reload({ requestsDuring: 3 })], ['REFUTED', 'INCONCLUSIVE']);
  });

  it('are not decided where requests failed before the change already', () => {
    const busy = { failedBefore: 1, failed: 5 };
    assert.deepEqual([reload(busy), restart(busy)], ['INCONCLUSIVE', 'INCONCLUSIVE']);
  });

  it('are not decided by a version that never came', () => {
    const never = { firstNewAtS: null };
    assert.deepEqual([reload(never), restart(never)], ['INCONCLUSIVE', 'INCONCLUSIVE']);
  });

  it('say of a run that was stopped that it was', () => {
    const stopped = { ...aStudy({}), interrupted: 'stopped by the user' };
    const study = { ...stopped, plan: { ...stopped.plan, experiments: ['hot-update'] } };
    const judged = judgeClaims(QUESTIONS, new Findings(study, []));
    const { verdict, reason } = judged.find(({ claim }) => claim === 'hot-update-serving') ?? {};
    assert.deepEqual([verdict, reason], ['NOT TESTED', 'the run was stopped before this']);
  });

  it('are NOT TESTED without an observation', () => {
    assert.equal(verdictOf('hot-update-serving', {}), 'NOT TESTED');
    const { 'hot-update': seen } = anUpdate('flask-reload', {});
    const partly = { 'hot-update': { ...seen, leftOut: [{ contestant: 'direct-rest', reason: 'runs already' }] } };
    assert.equal(verdictOf('hot-update-serving', partly), 'NOT TESTED');
    assert.equal(verdictOf('hot-update-by-hand', partly), 'CONFIRMED');
  });
});

describe('the claim on capacity', () => {
  type Tails = NonNullable<Capacity['between']>['p99MsByBlock'];
  const row = (contestant: string, heldPerS: number, failedPerS: number): Capacity['contestants'][number] => ({
    contestant,
    heldPerS,
    failedPerS,
    leftPerS: null,
    steps: [],
    overload: null,
  });
  const verdict = (style: [number, number], serving: [number, number], tails: Tails | null, service = tails): Verdict =>
    verdictOf('capacity-serving', {
      capacity: {
        limitMs: 50,
        percentile: 0.99,
        contestants: [row('flask-style', ...style), row('direct-rest', ...serving)],
        between:
          tails === null
            ? null
            : {
                ...{ ratePerS: 700, contestants: ['flask-style', 'direct-rest'], p99MsByBlock: tails },
                serviceP99MsByBlock: service ?? tails,
              },
      } satisfies Capacity,
    });
  const quicker: Tails = [1, 2, 3, 4, 5].map((i) => [400 + i, 10 + i]);

  it('needs searches that are apart and a repetition that agrees', () => {
    assert.equal(verdict([500, 600], [900, 1100], quicker), 'CONFIRMED');
    assert.equal(
      verdict(
        [900, 1100],
        [500, 600],
        quicker.map(([style, serving]) => [serving, style]),
      ),
      'REFUTED',
    );
    assert.equal(verdict([500, 950], [900, 1100], quicker), 'INCONCLUSIVE');
    assert.equal(
      verdict(
        [500, 600],
        [900, 1100],
        [
          [10, 10],
          [10, 300],
          [300, 10],
          [10, 10],
          [300, 300],
        ],
      ),
      'INCONCLUSIVE',
    );
    assert.equal(verdict([500, 600], [900, 1100], null), 'INCONCLUSIVE');
    assert.equal(verdict([500, 600], [900, 1100], quicker.slice(0, 4)), 'INCONCLUSIVE');
    const equal: Tails = quicker.map(([, serving]) => [serving, serving]);
    assert.equal(verdict([500, 600], [900, 1100], quicker, equal), 'INCONCLUSIVE', 'the lag made the difference');
  });
});
