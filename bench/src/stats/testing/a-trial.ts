import type { Cell, Loop, Sample, TrialRecord } from '../../record/index.js';
import { tableFromSamples } from '../../samples/index.js';
import type { MeasuredTrial } from '../cell/measured-trial.js';

const NONE = Number.NaN;

/** A right answer that took a millisecond; `overrides` replace its fields. */
export function aSample(overrides: Partial<Sample> = {}): Sample {
  const intendedAtNs = overrides.intendedAtNs ?? 0;
  return {
    intendedAtNs,
    sentAtNs: intendedAtNs,
    firstByteAtNs: intendedAtNs + 0.9e6,
    doneAtNs: intendedAtNs + 1e6,
    outcome: 'ok',
    code: 200,
    bytesOut: 100,
    bytesIn: 50,
    input: 0,
    version: 1,
    serverTimingUs: [NONE, NONE, NONE, NONE, NONE],
    ...overrides,
  };
}

export function aTrial(samples: readonly Sample[], overrides: Partial<TrialRecord> = {}): MeasuredTrial {
  const block = overrides.block ?? 0;
  const record: TrialRecord = {
    id: `cell/b${block}`,
    cell: 'cell',
    block,
    position: 0,
    seeds: { arrivals: 1, inputs: 1 },
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 1000,
    samplesFile: `samples/${block}.bin`,
    samples: samples.length,
    generator: { lagP50Ms: 0, lagP99Ms: 0.01, lagMaxMs: 0.02, cpuShare: 0.1, dropped: 0 },
    usage: [],
    cut: false,
    ...overrides,
  };
  return { record, samples: tableFromSamples(samples) };
}

/** A closed loop of one worker with answers one after another, each of `serviceMs`. */
export function aSteadyTrial(serviceMs: number, overrides: Partial<TrialRecord> = {}): MeasuredTrial {
  const durationNs = (overrides.durationMs ?? 1000) * 1e6;
  const samples: Sample[] = [];
  for (let atNs = 0; atNs < durationNs; atNs += serviceMs * 1e6) {
    samples.push(aSample({ intendedAtNs: atNs, sentAtNs: atNs, doneAtNs: atNs + serviceMs * 1e6 }));
  }
  return aTrial(samples, overrides);
}

export function aCell(loop: Loop = { kind: 'closed', concurrency: 1 }, overrides: Partial<Cell> = {}): Cell {
  return {
    id: 'cell',
    experiment: 'headline',
    contestant: 'flask-style',
    condition: { loop, model: 'cnn', modelVersion: 1, batch: 1, payload: 'json' },
    group: 'group',
    trials: 6,
    warmupMs: 100,
    durationMs: 1000,
    timeoutMs: 1000,
    decides: false,
    errorLimit: 0.001,
    ...overrides,
  };
}
