import type { TrialRecord } from '../record/index.js';
import { OK, type SampleTable } from '../samples/index.js';
import { percentile, sortAscending } from './percentile.js';

/** What is computed for one trial from its samples. */
export interface TrialStatistics {
  readonly record: TrialRecord;
  readonly samples: SampleTable;
  readonly ok: number;
  readonly throughputPerS: number;
  readonly p50Ms: number;
  /** Largest relative deviation of a third's throughput or p50 from the whole trial's, signed by size only. */
  readonly unsteadiness: number;
  readonly meanServiceMs: number;
}

const NS_PER_MS = 1e6;

/** Service times in ns of the correct answers of a table. */
export function serviceTimes(samples: SampleTable): number[] {
  return timesFrom(samples, samples.sentAtNs);
}

/** Response times in ns of the correct answers: from the intended instant (method rule 3). */
export function responseTimes(samples: SampleTable): number[] {
  return timesFrom(samples, samples.intendedAtNs);
}

export function trialStatistics(record: TrialRecord, samples: SampleTable): TrialStatistics {
  const service = serviceTimes(samples);
  const ok = service.length;
  const p50 = percentile(sortAscending(service), 0.5);
  return {
    record,
    samples,
    ok,
    throughputPerS: record.durationMs > 0 ? (ok / record.durationMs) * 1000 : 0,
    p50Ms: ok === 0 ? 0 : p50 / NS_PER_MS,
    unsteadiness: unsteadiness(record, samples, ok, p50),
    meanServiceMs: ok === 0 ? 0 : service.reduce((sum, value) => sum + value, 0) / ok / NS_PER_MS,
  };
}

function timesFrom(samples: SampleTable, from: Float64Array): number[] {
  const times: number[] = [];
  for (let row = 0; row < samples.length; row += 1) if (samples.outcome[row] === OK) times.push(samples.doneAtNs[row]! - from[row]!);
  return times;
}

/** Thirds of the window by the intended instant, as perf_analyzer compares its windows. */
function unsteadiness(record: TrialRecord, samples: SampleTable, ok: number, p50: number): number {
  const thirdNs = (record.durationMs * NS_PER_MS) / 3;
  const thirds: number[][] = [[], [], []];
  for (let row = 0; row < samples.length; row += 1) {
    if (samples.outcome[row] !== OK) continue;
    const third = Math.min(2, Math.max(0, Math.floor(samples.intendedAtNs[row]! / thirdNs)));
    thirds[third]!.push(samples.doneAtNs[row]! - samples.sentAtNs[row]!);
  }
  if (ok === 0) return 0;
  return Math.max(
    ...thirds.map((times) => {
      const rate = Math.abs((3 * times.length) / ok - 1);
      const middle = times.length === 0 ? 1 : Math.abs(percentile(sortAscending(times), 0.5) / p50 - 1);
      return Math.max(rate, middle);
    }),
  );
}
