import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRandom } from '../../random/index.js';
import { pairedRatio, type Pair } from './paired-ratio.js';

const TRUE_RATIO = 1.2;
/** A shared machine is in one of two states and stays in each for some seconds. */
const SLOW = 2;
const MEAN_STAY_MS = 3000;
/** Between two slices: connections, warm-up, files. */
const BETWEEN_MS = 110;
/** Of one slice's median, besides the machine. */
const NOISE = 0.05;
/** Enough for the ends of an interval, and quick. */
const RESAMPLES = 1000;

/** Two servers of a known ratio, measured in turn on a machine that changes speed: the pairs that statistics are fed with. */
function measureOn(seed: number, blocks: number, windowMs: number): Pair[] {
  const random = createRandom(seed);
  let nowMs = 0;
  let isSlow = random.unit() < 0.5;
  let changesAtMs = -Math.log(1 - random.unit()) * MEAN_STAY_MS;

  /** The mean slowness of the machine over the next `ms`. */
  function pass(ms: number): number {
    const untilMs = nowMs + ms;
    let sum = 0;
    while (nowMs < untilMs) {
      const nextMs = Math.min(untilMs, changesAtMs);
      sum += (nextMs - nowMs) * (isSlow ? SLOW : 1);
      nowMs = nextMs;
      if (nowMs < changesAtMs) continue;
      isSlow = !isSlow;
      changesAtMs = nowMs - Math.log(1 - random.unit()) * MEAN_STAY_MS;
    }
    return sum / ms;
  }
  function median(ownMs: number): number {
    pass(BETWEEN_MS);
    const noise = 1 + NOISE * Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
    return ownMs * pass(windowMs) * Math.max(0.5, noise);
  }
  return Array.from({ length: blocks }, (_, block) => {
    // Mirrored blocks: who is first alternates.
    if (block % 2 === 0) {
      const numerator = median(TRUE_RATIO);
      return { numerator, denominator: median(1) };
    }
    const denominator = median(1);
    return { numerator: median(TRUE_RATIO), denominator };
  });
}

/** Spreads blocks over passes, before each of which the numerator's server is restarted: it is faster or slower by `starts`. */
function inPasses(pairs: readonly Pair[], passes: number, starts: number, seed: number): Pair[] {
  const random = createRandom(seed);
  const ofStart = Array.from({ length: passes }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
    return Math.exp(starts * normal);
  });
  return pairs.map((pair, block) => {
    const pass = Math.floor((block * passes) / pairs.length);
    return { ...pair, numerator: pair.numerator * (ofStart[pass] ?? 1), pass };
  });
}

function simulate(
  runs: number,
  { blocks, windowMs, passes = 1, starts = 0 }: { blocks: number; windowMs: number; passes?: number; starts?: number },
): { readonly held: number; readonly width: number } {
  let [held, width] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const pairs = inPasses(measureOn(run + 1, blocks, windowMs), passes, starts, run + 50_000);
    const { low, high } = pairedRatio(pairs, run, RESAMPLES);
    if (low <= TRUE_RATIO && high >= TRUE_RATIO) held += 1;
    width += Math.log(high / low) / runs;
  }
  return { held: held / runs, width };
}

describe('on a machine that changes speed every few seconds', () => {
  const SLICES = { blocks: 20, windowMs: 210 };

  it('the interval over many short slices holds the true ratio as often as it says', () => {
    const { held } = simulate(500, SLICES);
    assert.ok(held >= 0.93 && held <= 0.97, `${held}`);
  });

  it('few long trials, of the same time together, have a wider interval', () => {
    assert.ok(simulate(200, { blocks: 6, windowMs: 700 }).width > 1.5 * simulate(200, SLICES).width);
  });

  for (const [passes, starts] of [
    [3, 0],
    [3, 0.02],
    [5, 0],
    [5, 0.04],
  ] as const)
    it(`the interval over ${passes} passes holds what starts differ by: ${100 * starts}%`, () => {
      const { held } = simulate(500, { ...SLICES, passes, starts });
      assert.ok(held >= 0.92 && held <= 0.975, `${held}`);
    });

  it('without passes it would not', () => {
    const pairs = (run: number): Pair[] =>
      inPasses(measureOn(run + 1, SLICES.blocks, SLICES.windowMs), 5, 0.15, run + 50_000).map(
        ({ numerator, denominator }) => ({ numerator, denominator }),
      );
    const held = Array.from({ length: 300 }, (_, run) => pairedRatio(pairs(run), run, RESAMPLES)).filter(
      ({ low, high }) => low <= TRUE_RATIO && high >= TRUE_RATIO,
    ).length;
    assert.ok(held / 300 < 0.9, `${held / 300}`);
  });
});
