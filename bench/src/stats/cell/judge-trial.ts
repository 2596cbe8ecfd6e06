import type { Cell, CellResult } from '../../record/index.js';
import { cutGate, generatorDropsGate, generatorLagGate } from '../gates/generator-gates.js';
import { certifiedMs } from '../percentiles/latency-summary.js';
import { percentileNs } from '../percentiles/sorted-latencies.js';
import { latenciesOf, throughputPerS, type MeasuredTrial } from './measured-trial.js';

/**
 * One trial's line in its cell's result. A trial is valid when the generator did its part (method rule 5) and it was not cut;
 * what concerns the server is judged over the trials together, so that one in which everything failed is not set aside.
 */
export function judgeTrial(cell: Cell, trial: MeasuredTrial): CellResult['trials'][number] {
  const { record, samples } = trial;
  const { loop } = cell.condition;
  const service = latenciesOf([samples], 'service');
  const response = latenciesOf([samples], 'response');
  const throughput = throughputPerS(trial, loop);
  const p50Ms = percentileNs(service, 0.5) / 1e6;
  const gates = [cutGate(record, samples.length), generatorDropsGate(record), generatorLagGate(record, loop)];
  return {
    id: record.id,
    block: record.block,
    ...(record.pass === undefined ? {} : { pass: record.pass }),
    position: record.position,
    valid: gates.every(({ passed }) => passed),
    gates,
    throughputPerS: throughput,
    p50Ms: Number.isFinite(p50Ms) ? p50Ms : null,
    responseP90Ms: certifiedMs(response, 0.9),
    serviceP90Ms: certifiedMs(service, 0.9),
  };
}
