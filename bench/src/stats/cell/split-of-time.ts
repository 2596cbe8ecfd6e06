import type { CellResult } from '../../record/index.js';
import { OK, type SampleTable } from '../../samples/index.js';
import type { MeasuredTrial } from './measured-trial.js';

/** The order of `Sample.serverTimingUs`. */
const PARTS = ['parse', 'queue', 'inference', 'serialise', 'upstream'] as const;

/**
 * Mean milliseconds of each part of a right answer's service time (method rule 17): our services' Server-Timing, and the
 * means of TensorFlow Serving's own counters, whose `server` holds its other parts. Behind a proxy they split `upstream`.
 * `unaccounted` is what remains: network, both kernels, and what nobody timed; it may be negative, and is shown as it is.
 */
export function splitOfTime(trials: readonly MeasuredTrial[]): CellResult['split'] {
  const total = meanOf(trials, ({ doneAtNs, sentAtNs }, row) => doneAtNs[row]! - sentAtNs[row]!, 1e6);
  if (total === undefined) return [];
  const timings = PARTS.map((part, i) => ({
    part,
    ms: meanOf(trials, ({ serverTimingUs }, row) => serverTimingUs[i]![row]!, 1e3),
  }));
  const counters = serverMeansMs(trials);
  const parts: { part: string; ms: number }[] = [];
  for (const { part, ms } of timings) {
    if (ms === undefined) continue;
    if (part !== 'upstream' || counters.length === 0) {
      parts.push({ part, ms });
      continue;
    }
    parts.push(...counters.map((each) => ({ part: `upstream ${each.part}`, ms: each.ms })));
    parts.push({ part: 'upstream, rest', ms: ms - sum(counters) });
  }
  const behindProxy = timings.some(({ part, ms }) => part === 'upstream' && ms !== undefined);
  if (!behindProxy) parts.push(...counters.filter(({ part }) => !parts.some((known) => known.part === part)));
  if (parts.length === 0) return [];
  return [...parts, { part: 'unaccounted', ms: total - sum(parts) }];
}

/** Mean of a time over the right answers that have it, in ms; `perMs`: its units in a millisecond. */
function meanOf(
  trials: readonly MeasuredTrial[],
  time: (samples: SampleTable, row: number) => number,
  perMs: number,
): number | undefined {
  let [n, total] = [0, 0];
  for (const { samples } of trials) {
    for (let row = 0; row < samples.length; row++) {
      const own = time(samples, row);
      if (samples.outcome[row] !== OK || Number.isNaN(own)) continue;
      n++;
      total += own;
    }
  }
  return n === 0 ? undefined : total / n / perMs;
}

/** Means over the trials that have them, each trial weighted by its requests; `server` reduced to what its parts leave. */
function serverMeansMs(trials: readonly MeasuredTrial[]): { part: string; ms: number }[] {
  const sums = new Map<string, { us: number; n: number }>();
  for (const { record, samples } of trials) {
    for (const [part, us] of Object.entries(record.serverMeansUs ?? {})) {
      const known = sums.get(part) ?? { us: 0, n: 0 };
      sums.set(part, { us: known.us + us * samples.length, n: known.n + samples.length });
    }
  }
  const means = [...sums].filter(([, { n }]) => n > 0).map(([part, { us, n }]) => ({ part, ms: us / n / 1e3 }));
  const inner = sum(means.filter(({ part }) => part !== 'server'));
  return means.map(({ part, ms }) => (part === 'server' ? { part: 'server, rest', ms: ms - inner } : { part, ms }));
}

function sum(parts: readonly { readonly ms: number }[]): number {
  return parts.reduce((total, { ms }) => total + ms, 0);
}
