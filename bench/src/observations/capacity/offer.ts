import type { RunningInstance } from '../../contestants/index.js';
import type { Profile } from '../../record/index.js';
import type { SampleTable } from '../../samples/index.js';
import { samplesNeeded } from '../../stats/index.js';
import type { ObserveContext, ObservedLoad } from '../../run/observe-context.js';

/** How a load is judged (method rule 12). */
export const PERCENTILE = 0.99;
/** A request without an answer by then is given up; where a percentile is among such requests, it is at least this. */
export const TIMEOUT_MS = 2000;
/** Shortest step; at low rates a step is as long as the percentile needs samples (method rule 9). */
const STEP_MS: Readonly<Record<Profile, number>> = { quick: 1500, standard: 1500, thorough: 10_000 };
/** Arrivals are random: so many more than needed are asked for that some always suffice. */
const SPARE = 1.15;
const ATTEMPTS = 3;

export function stepMs(ratePerS: number, profile: Profile): number {
  return Math.max(STEP_MS[profile], leastMs(ratePerS));
}

/** Block of one of up to ten loads at a rate: each has arrivals of its own, the same for all contestants. */
export function blockOf(ratePerS: number, load: number): number {
  return 10 * Math.round(ratePerS) + load;
}

/** As long as the percentile needs samples at this rate. */
export function leastMs(ratePerS: number): number {
  return (1000 * SPARE * samplesNeeded(PERCENTILE)) / ratePerS;
}

interface Offered extends Pick<ObservedLoad, 'name' | 'block' | 'durationMs' | 'warmupMs' | 'schedule'> {
  readonly ratePerS: number;
  /** Whether the generator's lag decides what they say; default: never. */
  readonly isSpoiled?: (samples: SampleTable) => boolean;
}

/**
 * Offers Poisson arrivals and gives their samples. A load that the generator spoiled, or did not send whole (method rule 5), is
 * offered again; undefined when it cannot keep up at this rate.
 */
export async function offer(
  instance: RunningInstance,
  context: ObserveContext,
  { ratePerS, isSpoiled = () => false, ...load }: Offered,
): Promise<SampleTable | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const { outcome, samples } = await context.load({
      ...load,
      instance,
      loop: { kind: 'open', arrivals: 'poisson', ratePerS },
      timeoutMs: TIMEOUT_MS,
    });
    if (context.signal.aborted || (outcome.generator.dropped === 0 && !isSpoiled(samples))) return samples;
  }
  return undefined;
}
