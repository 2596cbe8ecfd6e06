import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../random/index.js';
import { bootstrapMean, bootstrapMedianOfPasses, VALUES_FOR_INTERVAL } from './bootstrap.js';
import { judgeRatio, type Saying } from './judge-ratio.js';
import { pairedRatio } from './paired-ratio.js';
import { spanWords, trialsUsed } from './span-words.js';

const metric = fc.double({ min: 0.01, max: 1000, noNaN: true });
const pairs = fc.array(fc.record({ numerator: metric, denominator: metric }), { minLength: 2, maxLength: 12 });
const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

describe('bootstrapMean', () => {
  it('is a function of values and seed', () => {
    assert.deepEqual(bootstrapMean([1, 2, 4, 8, 9], 3), bootstrapMean([1, 2, 4, 8, 9], 3));
    assert.notDeepEqual(
      bootstrapMean([1.5, 2.25, 4.1, 8.7, 9.3, 5], 3),
      bootstrapMean([1.5, 2.25, 4.1, 8.7, 9.3, 5], 4),
    );
  });

  it('holds the mean and lies within the values', () => {
    fc.assert(
      fc.property(fc.array(metric, { minLength: 1, maxLength: 12 }), fc.integer(), (values, seed) => {
        const { value, low, high } = bootstrapMean(values, seed);
        assert.ok(low <= value && value <= high);
        assert.ok(low >= Math.min(...values) * (1 - 1e-12) && high <= Math.max(...values) * (1 + 1e-12));
      }),
      { numRuns: 20 },
    );
  });

  it('has no width for one value or for equal ones, and refuses none', () => {
    assert.deepEqual(bootstrapMean([7], 1), { value: 7, low: 7, high: 7 });
    assert.deepEqual(bootstrapMean([7, 7, 7], 1), { value: 7, low: 7, high: 7 });
    assert.throws(() => bootstrapMean([], 1), RangeError);
  });

  it('is the range of fewer than five values, and less than that of five', () => {
    for (const n of [2, 3, 4, VALUES_FOR_INTERVAL]) {
      const { low, high } = bootstrapMean(
        Array.from({ length: n }, (_, i) => i + 1),
        1,
      );
      assert.equal(low === 1 && high === n, n < VALUES_FOR_INTERVAL, `${n} values: ${low} to ${high}`);
    }
  });

  it('of a median is not moved by a value that is far off', () => {
    const values = [...Array.from({ length: 19 }, (_, i) => 0.91 + i / 100), 50];
    const { value, low, high } = bootstrapMedianOfPasses([values], 3);
    assert.ok(low >= 0.91 && high <= 1.1 && Math.abs(value - 1) < 0.02);
    assert.ok(bootstrapMean(values, 3).high > 3);
  });

  it('covers the true mean of few values about as often as it says', () => {
    const random = createRandom(9);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
    let covered = 0;
    for (let draw = 0; draw < 200; draw++) {
      const { low, high } = bootstrapMean(Array.from({ length: 6 }, normal), draw);
      if (low <= 0 && high >= 0) covered++;
    }
    // About 93% here, and about 86% without the expansion; 88% is three standard errors below the former.
    assert.ok(covered >= 176, `${covered} of 200`);
  });
});

describe('pairedRatio', () => {
  it('turns into its inverse when the sides are exchanged', () => {
    fc.assert(
      fc.property(pairs, (some) => {
        const there = pairedRatio(some, 5);
        const back = pairedRatio(
          some.map(({ numerator, denominator }) => ({ numerator: denominator, denominator: numerator })),
          5,
        );
        assert.ok(
          close(there.ratio, 1 / back.ratio) && close(there.low, 1 / back.high) && close(there.high, 1 / back.low),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('finds a ratio that every block has, however the blocks differ', () => {
    const some = [1, 3, 10, 4, 7].map((base) => ({ numerator: 2 * base, denominator: base }));
    const { ratio, low, high } = pairedRatio(some, 1);
    assert.ok(close(ratio, 2) && close(low, 2) && close(high, 2));
  });

  it('counts a block without a figure on one side as the worst there is', () => {
    const pairs = (silent: number) =>
      Array.from({ length: 20 }, (_, i) => ({ numerator: i < silent ? Infinity : 2, denominator: 1 }));
    assert.deepEqual(
      [0, 3, 9, 20].map((silent) => {
        const { ratio, high } = pairedRatio(pairs(silent), 1);
        return [ratio, high].map((value) => Number(value.toFixed(6)));
      }),
      [
        [2, 2],
        [2, 2],
        [2, Infinity],
        [Infinity, Infinity],
      ],
    );
  });

  it('refuses one pair and metrics that have no ratio', () => {
    assert.throws(() => pairedRatio([{ numerator: 1, denominator: 1 }], 1), /at least two pairs/);
    assert.throws(
      () =>
        pairedRatio(
          [
            { numerator: 0, denominator: 0 },
            { numerator: 1, denominator: 1 },
          ],
          1,
        ),
      /no ratio/,
    );
  });
});

describe('the words for a span', () => {
  const cell = (valid: number, all = valid) => ({
    trials: Array.from({ length: all }, (_, block) => ({
      id: '',
      block,
      position: 0,
      valid: block < valid,
      gates: [],
      throughputPerS: 1,
      p50Ms: 1,
      responseP90Ms: null,
    })),
  });

  it('count the trials that figures are made of', () => {
    assert.deepEqual([trialsUsed(cell(4, 6)), trialsUsed(cell(0, 6)), trialsUsed(cell(0))], [4, 6, 0]);
  });

  it('call nothing a 95% interval that is a range', () => {
    assert.equal(spanWords([cell(6), cell(5)]), 'bootstrap 95% intervals over trials');
    assert.doesNotMatch(spanWords([cell(2), cell(4, 6)]), /95%/);
    assert.match(spanWords([cell(6), cell(2)]), /with fewer than five trials, their range/);
  });
});

describe('judgeRatio', () => {
  const MARGIN = 0.05;
  const verdict = (low: number, high: number, says: Saying, pairsGiven = 5): string =>
    judgeRatio({ low, high, pairs: pairsGiven }, { says, margin: MARGIN });

  // Ratios that are known exactly: what each kind of claim makes of them (method rule 10).
  const RATIOS = [0.5, 0.97, 1, 1.03, 2];
  const [C, R, E] = ['CONFIRMED', 'REFUTED', 'EQUIVALENT'];
  for (const [says, wanted] of [
    ['less', [C, E, E, E, R]],
    ['more', [R, E, E, E, C]],
    ['no difference', [R, C, C, C, R]],
    ['not less', [R, C, C, C, C]],
  ] as const)
    it(`knows what ratios of ${RATIOS.join(', ')} say of "${says}"`, () => {
      assert.deepEqual(
        RATIOS.map((ratio) => verdict(ratio, ratio, says)),
        wanted,
      );
    });

  it('judges intervals across a border', () => {
    const [least, most] = [1 / (1 + MARGIN), 1 + MARGIN];
    const across = {
      one: [least - 0.1, most + 0.1],
      least: [least - 0.02, least + 0.01],
      most: [most - 0.01, most + 0.02],
    } as const;
    const verdicts = (says: Saying): Record<string, string> =>
      Object.fromEntries(Object.entries(across).map(([border, [low, high]]) => [border, verdict(low, high, says)]));
    const I = 'INCONCLUSIVE';
    assert.deepEqual(verdicts('less'), { one: I, least: C, most: R });
    assert.deepEqual(verdicts('more'), { one: I, least: R, most: C });
    assert.deepEqual(verdicts('no difference'), { one: I, least: I, most: I });
    assert.deepEqual(verdicts('not less'), { one: I, least: I, most: C });
  });

  it('takes the borders as inside', () => {
    assert.equal(verdict(1 / (1 + MARGIN), 1 + MARGIN, 'no difference'), C);
    assert.equal(verdict(1 / (1 + MARGIN), 1, 'not less'), C);
  });

  it('decides nothing on fewer than five pairs', () => {
    for (const says of ['less', 'more', 'no difference', 'not less'] as const)
      assert.equal(verdict(0.1, 0.2, says, 4), 'INCONCLUSIVE');
  });
});
