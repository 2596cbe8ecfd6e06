import type { Cell, Gate, LatencySummary } from '../record/index.js';
import { minimumSamples } from './certification.js';
import { percentile, sortAscending } from './percentile.js';
import type { TrialStatistics } from './trial-statistics.js';

const LAG_SHARE = 0.05;
const STEADY_WITHIN = 0.1;
const LITTLE_WITHIN = 0.05;

/** Gates of one trial (method rules 4, 5 and 11). A trial that fails one takes no part in a comparison. */
export function trialGates(cell: Cell, trial: TrialStatistics): Gate[] {
  return [cut(trial), generatorLag(trial), generatorDrops(trial), errors(cell, trial)];
}

function cut({ record }: TrialStatistics): Gate {
  return record.cut
    ? { name: 'cut', passed: false, detail: 'the trial was cut short', remedy: 'let it run to its end: npm run study -- --resume <folder>' }
    : { name: 'cut', passed: true, detail: 'ran to its end' };
}

function generatorLag({ record, p50Ms }: TrialStatistics): Gate {
  const limitMs = LAG_SHARE * p50Ms;
  const { lagP99Ms } = record.generator;
  const detail = `schedule lag p99 ${lagP99Ms.toFixed(3)} ms against a p50 of ${p50Ms.toFixed(3)} ms`;
  return lagP99Ms <= limitMs
    ? { name: 'generator-lag', passed: true, detail }
    : { name: 'generator-lag', passed: false, detail: `${detail}: more than 5%`, remedy: 'give the generator a core of its own, or measure where latencies are longer' };
}

function generatorDrops({ record }: TrialStatistics): Gate {
  const { dropped } = record.generator;
  return dropped === 0
    ? { name: 'generator-drops', passed: true, detail: 'no request was dropped by the generator' }
    : { name: 'generator-drops', passed: false, detail: `the generator could not send ${dropped} requests`, remedy: 'lower the rate' };
}

function errors({ errorLimit }: Cell, { samples, ok }: TrialStatistics): Gate {
  const failed = samples.length - ok;
  const share = samples.length === 0 ? 0 : failed / samples.length;
  const detail = `${failed} of ${samples.length} requests failed`;
  return share <= errorLimit
    ? { name: 'errors', passed: true, detail }
    : { name: 'errors', passed: false, detail: `${detail}: more than ${(100 * errorLimit).toPrecision(2)}%`, remedy: "look at the server's log in the run folder" };
}

/** Thirds of a trial within ±10%; the median over the trials, so that one disturbance on a shared machine does not decide. */
export function steadinessGate(trials: readonly TrialStatistics[]): Gate {
  const median = percentile(sortAscending(trials.map(({ unsteadiness }) => unsteadiness)), 0.5);
  const detail = `thirds of a trial differ by up to ${(100 * median).toFixed(0)}% (median over ${trials.length} trials)`;
  return trials.length === 0 || median <= STEADY_WITHIN
    ? { name: 'steadiness', passed: true, detail }
    : { name: 'steadiness', passed: false, detail, remedy: 'run longer trials, or stop what else runs on the machine' };
}

/** Little's law in a closed loop: clients = throughput x mean service time, within 5%. It fails when clients were not always busy. */
export function littlesLawGate(cell: Cell, trials: readonly TrialStatistics[]): Gate {
  if (cell.condition.loop.kind === 'open') return { name: 'littles-law', passed: true, detail: 'an open loop has no fixed number of clients' };
  const { concurrency } = cell.condition.loop;
  const inFlight = trials.map(({ throughputPerS, meanServiceMs }) => (throughputPerS * meanServiceMs) / 1000);
  const residual = percentile(sortAscending(inFlight.map((value) => Math.abs(value / concurrency - 1))), 0.5);
  const detail = `throughput x latency differs from ${concurrency} clients by ${(100 * residual).toFixed(1)}%`;
  return trials.length === 0 || residual <= LITTLE_WITHIN
    ? { name: 'littles-law', passed: true, detail }
    : { name: 'littles-law', passed: false, detail, remedy: 'the generator leaves clients idle: lower the concurrency or give it a core of its own' };
}

/** Enough samples for a median; the detail says what the tail would need (method rule 9). */
export function samplesGate({ n }: LatencySummary, cell: Cell, trials: number): Gate {
  const perMs = n / Math.max(1, trials * cell.durationMs);
  const longerS = (needed: number): string => (perMs > 0 ? `run ${Math.ceil((needed - n) / perMs / 1000)} s longer` : 'nothing was answered');
  const [forMedian, forTail] = [minimumSamples(0.5), minimumSamples(0.99)];
  if (n < forMedian) return { name: 'samples', passed: false, detail: `${forMedian} samples are needed for p50, ${n} were taken`, remedy: longerS(forMedian) };
  if (n < forTail) return { name: 'samples', passed: true, detail: `${forTail} samples are needed for p99, ${n} were taken: ${longerS(forTail)}` };
  return { name: 'samples', passed: true, detail: `${n} samples` };
}
