import { createRandom } from '../random/index.js';
import { percentile, sortAscending } from './percentile.js';

export interface Pair {
  readonly numerator: number;
  readonly denominator: number;
}

export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 4000;

/**
 * Geometric mean of the ratios inside pairs, with its bootstrap 95% percentile interval over pairs (method rules 8 and 9;
 * Efron and Tibshirani, An Introduction to the Bootstrap, 13). The same pairs and seed give the same interval.
 * Throws when there is no pair or a value is not positive.
 */
export function pairedRatio(pairs: readonly Pair[], seed: number): RatioInterval {
  if (pairs.length === 0) throw new RangeError('a ratio needs at least one pair');
  const logs = pairs.map(({ numerator, denominator }) => {
    if (!(numerator > 0) || !(denominator > 0)) throw new RangeError(`a ratio needs positive values, not ${numerator} and ${denominator}`);
    return Math.log(numerator / denominator);
  });
  const { value, low, high } = bootstrapMean(logs, seed);
  return { ratio: Math.exp(value), low: Math.exp(low), high: Math.exp(high) };
}

/** Mean with its bootstrap 95% percentile interval; one value gives an interval of no width. */
export function bootstrapMean(values: readonly number[], seed: number): { readonly value: number; readonly low: number; readonly high: number } {
  if (values.length === 0) return { value: 0, low: 0, high: 0 };
  const random = createRandom(seed);
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let draw = 0; draw < values.length; draw += 1) sum += values[Math.floor(random.unit() * values.length)]!;
    return sum / values.length;
  });
  const ordered = sortAscending(means);
  return { value: values.reduce((sum, value) => sum + value, 0) / values.length, low: percentile(ordered, 0.025), high: percentile(ordered, 0.975) };
}
