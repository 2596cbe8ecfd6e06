import type { Cell, CellResult, Gate } from '../../record/index.js';
import { bootstrapMean } from '../comparison/bootstrap.js';
import { equalBytesGate, errorsGate, parityGate } from '../gates/answer-gates.js';
import { littlesLawGate } from '../gates/littles-law-gate.js';
import { samplesGate } from '../gates/samples-gate.js';
import { steadinessGate } from '../gates/steadiness-gate.js';
import { gateOfTrials } from '../gates/trials-gate.js';
import { goodputPerS, LATENCY_LIMIT_MS } from '../load-curve/goodput.js';
import { summariseLatencies } from '../percentiles/latency-summary.js';
import { judgeTrial } from './judge-trial.js';
import { countOutcomes, latenciesOf, type MeasuredTrial } from './measured-trial.js';
import { resourceUse } from './resource-use.js';
import { splitOfTime } from './split-of-time.js';

/** The interval of a throughput needs no seed of the study: any fixed one gives the same bytes for the same samples. */
const THROUGHPUT_SEED = 1;

/**
 * Everything said of one cell, from its trials' records and samples alone. Figures are made from the valid trials (from all,
 * when none is valid: then the cell is INVALID and its figures are shown as such). The same input gives the same result.
 */
export function summariseCell(cell: Cell, trials: readonly MeasuredTrial[]): CellResult {
  const { loop } = cell.condition;
  const judged = trials.map((trial) => judgeTrial(cell, trial));
  const sound = trials.filter((_, i) => judged[i]!.valid);
  const used = sound.length > 0 ? sound : trials;
  const tables = used.map(({ samples }) => samples);
  const outcomes = countOutcomes(used);
  // Whose fault a failure is, the generator's CPU does not say: those of trials that are set aside count as well.
  const allOutcomes = { ...countOutcomes(trials), 'never-sent': outcomes['never-sent'] };
  const failures = trials.flatMap(({ record }) => record.failures ?? []);
  const n = tables.reduce((sum, { length }) => sum + length, 0);
  const measuredMs = used.reduce((sum, { record }) => sum + record.durationMs, 0);
  const gates: Gate[] = [
    samplesGate(n, measuredMs),
    parityGate(allOutcomes, failures),
    errorsGate(allOutcomes, cell.errorLimit, failures),
    equalBytesGate(tables),
    gateOfTrials('generator-lag', judged),
    gateOfTrials('generator-drops', judged),
    gateOfTrials('cut', judged),
    steadinessGate(used, loop),
    littlesLawGate(used, loop),
  ];
  const throughputs = judged.filter(({ valid }) => valid || sound.length === 0).map((trial) => trial.throughputPerS);
  return {
    cell,
    valid: gates.every(({ passed }) => passed),
    gates,
    trials: judged,
    outcomes,
    throughputPerS:
      throughputs.length === 0 ? { value: 0, low: 0, high: 0 } : bootstrapMean(throughputs, THROUGHPUT_SEED),
    goodputPerS: loop.kind === 'open' ? meanGoodput(used) : null,
    service: summariseLatencies(latenciesOf(tables, 'service')),
    response: summariseLatencies(latenciesOf(tables, 'response')),
    bytesOutMean: meanOf(tables.map(({ bytesOut }) => bytesOut)),
    bytesInMean: meanOf(tables.map(({ bytesIn }) => bytesIn)),
    ...resourceUse(cell, used),
    split: splitOfTime(used),
  };
}

function meanGoodput(trials: readonly MeasuredTrial[]): number | null {
  const each = trials.map(({ record, samples }) => goodputPerS(samples, record.durationMs, LATENCY_LIMIT_MS));
  return each.length === 0 ? null : each.reduce((sum, value) => sum + value, 0) / each.length;
}

function meanOf(columns: readonly Uint32Array[]): number {
  let [n, total] = [0, 0];
  for (const column of columns) {
    n += column.length;
    for (const value of column) total += value;
  }
  return n === 0 ? 0 : total / n;
}
