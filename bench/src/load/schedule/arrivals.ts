import { createRandom } from '../../random/index.js';

/** What a schedule is made from (method rule 2). Nothing else: the same pattern gives the same instants, byte for byte. */
interface ArrivalPattern {
  readonly kind: 'constant' | 'poisson';
  readonly ratePerS: number;
  readonly durationMs: number;
  /** Of Poisson arrivals. */
  readonly seed: number;
}

/**
 * The instants at which requests are to be sent, in ns from the start of the trial, ascending, all below the duration.
 * @throws RangeError for a rate or duration that is not a positive number.
 */
export function scheduleArrivals({ kind, ratePerS, durationMs, seed }: ArrivalPattern): Float64Array {
  for (const [name, value] of Object.entries({ durationMs, ratePerS }))
    if (!(value > 0) || !Number.isFinite(value))
      throw new RangeError(`${name} must be a positive number, not ${value}`);
  const expectedCount = (durationMs * ratePerS) / 1e3;
  const random = createRandom(seed);
  const gap = kind === 'constant' ? () => 1 : () => -Math.log(1 - random.unit());
  const instants: number[] = [];
  // Points of rate 1, each moved to its place on the trial's clock: adding up rounded gaps would drift.
  for (let at = kind === 'constant' ? 0 : gap(); at < expectedCount; at += gap()) {
    const instantNs = Math.round((at / ratePerS) * 1e9);
    if (instantNs < durationMs * 1e6) instants.push(instantNs);
  }
  return Float64Array.from(instants);
}
