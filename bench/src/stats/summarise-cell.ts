import { OUTCOMES, type Cell, type CellResult, type Outcome, type TrialRecord } from '../record/index.js';
import type { SampleTable } from '../samples/index.js';
import { littlesLawGate, samplesGate, steadinessGate, trialGates } from './gates.js';
import { summariseLatency } from './latency-summary.js';
import { bootstrapMean } from './paired-ratio.js';
import { splitOfTime } from './split.js';
import { responseTimes, serviceTimes, trialStatistics, type TrialStatistics } from './trial-statistics.js';

/** The bootstrap of one cell needs a seed of its own; any constant does, as long as it stays. */
const SEED = 1;

/**
 * Everything computed for one cell. A trial that fails a gate is shown and takes no part in the figures; the cell is INVALID
 * when a gate over its trials fails, or when fewer than half of its trials are left (method rule 11).
 */
export function summariseCell(cell: Cell, measured: readonly { readonly record: TrialRecord; readonly samples: SampleTable }[]): CellResult {
  const all = measured.map(({ record, samples }) => trialStatistics(record, samples));
  const judged = all.map((trial) => ({ trial, gates: trialGates(cell, trial) }));
  const usable = judged.filter(({ gates }) => gates.every(({ passed }) => passed)).map(({ trial }) => trial);
  const shown = usable.length > 0 ? usable : all;
  const service = summariseLatency(shown.flatMap(({ samples }) => serviceTimes(samples)));
  const gates = [...worstTrialGates(judged.map((each) => each.gates)), steadinessGate(shown), littlesLawGate(cell, shown), samplesGate(service, cell, shown.length)];
  const cellGatesHold = gates.slice(-3).every(({ passed }) => passed);
  return {
    cell,
    valid: all.length > 0 && cellGatesHold && 2 * usable.length >= all.length,
    gates,
    trials: judged.map(({ trial, gates: own }) => ({
      id: trial.record.id,
      block: trial.record.block,
      position: trial.record.position,
      valid: own.every(({ passed }) => passed),
      gates: own,
      throughputPerS: trial.throughputPerS,
      p50Ms: trial.p50Ms,
    })),
    outcomes: countOutcomes(all),
    throughputPerS: bootstrapMean(
      shown.map(({ throughputPerS }) => throughputPerS),
      SEED,
    ),
    service,
    response: summariseLatency(shown.flatMap(({ samples }) => responseTimes(samples))),
    bytesOutMean: meanColumn(shown, 'bytesOut'),
    bytesInMean: meanColumn(shown, 'bytesIn'),
    cpuMsPerRequest: cpuPerRequest(shown),
    rssMaxBytes: rssMax(shown),
    split: splitOfTime(shown),
  };
}

/** For each trial gate its worst case: the first trial that failed it, or any that passed. */
function worstTrialGates(perTrial: readonly CellResult['gates'][]): CellResult['gates'] {
  const [first] = perTrial;
  return (first ?? []).map((gate, index) => {
    const failed = perTrial.flatMap((gates) => gates[index] ?? []).filter(({ passed }) => !passed);
    const [worst] = failed;
    return worst === undefined ? gate : { ...worst, detail: `${failed.length} of ${perTrial.length} trials: ${worst.detail}` };
  });
}

function countOutcomes(trials: readonly TrialStatistics[]): Record<Outcome, number> {
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const { samples } of trials)
    for (const index of samples.outcome) {
      const outcome = OUTCOMES[index];
      if (outcome !== undefined) counts[outcome] += 1;
    }
  return counts;
}

function meanColumn(trials: readonly TrialStatistics[], column: 'bytesOut' | 'bytesIn'): number {
  let [sum, count] = [0, 0];
  for (const { samples } of trials) {
    for (const value of samples[column]) sum += value;
    count += samples.length;
  }
  return count === 0 ? 0 : sum / count;
}

function cpuPerRequest(trials: readonly TrialStatistics[]): number | null {
  const used = trials.flatMap(({ record }) => record.usage);
  const ok = trials.reduce((sum, trial) => sum + trial.ok, 0);
  return used.length === 0 || ok === 0 ? null : (1000 * used.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)) / ok;
}

function rssMax(trials: readonly TrialStatistics[]): number | null {
  const perTrial = trials.map(({ record }) => record.usage.reduce((sum, { rssMaxBytes }) => sum + rssMaxBytes, 0));
  return perTrial.length === 0 || Math.max(...perTrial) === 0 ? null : Math.max(...perTrial);
}
