import { createRandom } from '../../random/index.js';

/** What a schedule is made from (method rule 2). Nothing else: the same pattern gives the same instants, byte for byte. */
export type ArrivalPattern =
  | { readonly kind: 'constant'; readonly ratePerS: number; readonly durationMs: number }
  | { readonly kind: 'poisson'; readonly ratePerS: number; readonly durationMs: number; readonly seed: number }
  /** A Poisson process whose rate grows linearly from `fromPerS` to `toPerS`. */
  | {
      readonly kind: 'ramp';
      readonly fromPerS: number;
      readonly toPerS: number;
      readonly durationMs: number;
      readonly seed: number;
    }
  /** Recorded instants in nanoseconds, in any order, from any zero: sorted, moved to 0 and cut at the duration. */
  | { readonly kind: 'trace'; readonly instantsNs: readonly number[]; readonly durationMs: number };

/**
 * The instants at which requests are to be sent, in ns from the start of the trial, ascending, all below the duration.
 * @throws RangeError for a rate or duration that is not a positive number.
 */
export function scheduleArrivals(pattern: ArrivalPattern): Float64Array {
  positive('durationMs', pattern.durationMs);
  const durationNs = pattern.durationMs * 1e6;
  switch (pattern.kind) {
    case 'constant': {
      positive('ratePerS', pattern.ratePerS);
      // i-th instant by multiplication: adding a gap up would drift by its rounding.
      const count = Math.ceil((pattern.durationMs * pattern.ratePerS) / 1e3);
      return Float64Array.from({ length: count }, (_, i) => Math.round((i * 1e9) / pattern.ratePerS)).filter(
        (instant) => instant < durationNs,
      );
    }
    case 'poisson': {
      positive('ratePerS', pattern.ratePerS);
      return unitArrivals(pattern.seed, (pattern.durationMs * pattern.ratePerS) / 1e3, durationNs, (expected) =>
        Math.round((expected / pattern.ratePerS) * 1e9),
      );
    }
    case 'ramp': {
      const { fromPerS, toPerS } = pattern;
      if (!(fromPerS >= 0) || !Number.isFinite(fromPerS))
        throw new RangeError(`fromPerS must be 0 or more, not ${fromPerS}`);
      positive('toPerS', toPerS);
      const seconds = pattern.durationMs / 1e3;
      const slope = (toPerS - fromPerS) / seconds;
      // Expected arrivals until t: m(t) = from t + slope t^2 / 2. Its inverse turns a unit process into the ramp (Cinlar).
      return unitArrivals(
        pattern.seed,
        fromPerS * seconds + (slope * seconds * seconds) / 2,
        durationNs,
        (expected) => {
          const root = Math.sqrt(Math.max(0, fromPerS * fromPerS + 2 * slope * expected));
          return Math.round(((2 * expected) / (fromPerS + root)) * 1e9);
        },
      );
    }
    case 'trace': {
      const sorted = Float64Array.from(pattern.instantsNs).sort();
      const zero = sorted[0] ?? 0;
      return sorted.map((instant) => instant - zero).filter((instant) => instant < durationNs);
    }
  }
}

/** A Poisson process of rate 1 up to `expectedCount`, each point moved by `instantNs` to its place on the trial's clock. */
function unitArrivals(
  seed: number,
  expectedCount: number,
  durationNs: number,
  instantNs: (expected: number) => number,
): Float64Array {
  const random = createRandom(seed);
  const instants: number[] = [];
  for (let at = -Math.log(1 - random.unit()); at < expectedCount; at -= Math.log(1 - random.unit())) {
    const instant = instantNs(at);
    if (instant < durationNs) instants.push(instant);
  }
  return Float64Array.from(instants);
}

function positive(name: string, value: number): void {
  if (!(value > 0) || !Number.isFinite(value)) throw new RangeError(`${name} must be a positive number, not ${value}`);
}
