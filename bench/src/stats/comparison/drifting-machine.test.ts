import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRandom } from '../../random/index.js';
import { pairedRatio, type Pair } from './index.js';

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

function simulate(runs: number, blocks: number, windowMs: number): { readonly held: number; readonly width: number } {
  let [held, width] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const { low, high } = pairedRatio(measureOn(run + 1, blocks, windowMs), run, RESAMPLES);
    if (low <= TRUE_RATIO && high >= TRUE_RATIO) held += 1;
    width += Math.log(high / low) / runs;
  }
  return { held: held / runs, width };
}

describe('on a machine that changes speed every few seconds', () => {
  it('the interval over many short slices holds the true ratio as often as it says', () => {
    const { held } = simulate(1000, 20, 210);
    assert.ok(held >= 0.93 && held <= 0.97, `${held}`);
  });

  it('few long trials, of the same time together, have a wider interval', () => {
    assert.ok(simulate(200, 6, 700).width > 1.5 * simulate(200, 20, 210).width);
  });
});
