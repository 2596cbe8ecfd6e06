import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { RunningInstance } from '../contestants/index.js';
import { pairSeeds, type TrialHooks } from '../load/index.js';
import type { Cell, ProcessUsage, TrialRecord } from '../record/index.js';
import { watchProcesses } from '../resources/index.js';
import { drive } from './drive.js';
import { eventLoopDelayP99Ms, latencyTotals, meansBetween } from './metrics.js';
import type { NetworkBetween } from './network.js';
import type { Run } from './run.js';

/** A trial's place in the run, and who is asked in it. */
export interface TrialPlace extends Pick<TrialRecord, 'block' | 'position'> {
  readonly cell: Cell;
  readonly pass: number;
  readonly instance: RunningInstance;
  /** Where the generator really sends to when a delay proxy stands in between. */
  readonly via: NetworkBetween['via'];
}

/** `headline/fashion-cnn-v2-b1-closed-1/flask-style#3`: the cell and the block. */
export function trialId(cell: string, block: number): string {
  return `${cell}#${block}`;
}

/** Runs one trial of a cell against a running instance and describes it; the samples are on disk when it returns. */
export async function runCellTrial(run: Run, place: TrialPlace): Promise<TrialRecord> {
  const { cell, pass, block, position, instance, via } = place;
  const { condition, warmupMs, durationMs, timeoutMs } = cell;
  const id = trialId(cell.id, block);
  const seeds = pairSeeds(run.keeper.record.plan.seeds, cell.group, block);
  const golden = await run.zoo.golden(condition.model, condition.modelVersion);
  const samplesFile = freeName(join(run.folder.samples, id.replaceAll('/', '_')));
  let watch = watchProcesses(cell.contestant, instance.processes);
  let usage: ProcessUsage[] | undefined;
  // What the warm-up used is not the trial's: the watch starts over with the window.
  const hooks: TrialHooks = {
    signal: run.signal,
    onWindowStart: () => {
      watch.stop();
      watch = watchProcesses(cell.contestant, instance.processes);
    },
    onWindowEnd: () => {
      usage = watch.stop();
    },
  };
  const { metricsUrl, ownMetricsUrl } = instance;
  const before = await latencyTotals(metricsUrl);
  await eventLoopDelayP99Ms(ownMetricsUrl);
  const outcome = await drive(
    {
      generator: run.generator,
      instance,
      trial: id,
      cell: cell.id,
      golden: [golden],
      seeds,
      condition,
      warmupMs,
      durationMs,
      timeoutMs,
      samplesFile,
      via: via?.address,
      keepsConnections: true,
    },
    hooks,
  );
  usage ??= watch.stop();
  const after = await latencyTotals(metricsUrl);
  const delayMs = await eventLoopDelayP99Ms(ownMetricsUrl);
  const { startedAtNs: _, failures, ...seen } = outcome;
  return {
    id,
    cell: cell.id,
    block,
    pass,
    position,
    seeds,
    ...seen,
    samplesFile: relative(run.folder.path, samplesFile),
    usage,
    eventLoopDelayP99Ms: delayMs,
    serverMeansUs: before && after && meansBetween(before, after),
    measuredRttMs: via?.measuredRttMs,
    failures: failures.length === 0 ? undefined : [...failures],
  };
}

/** A file for samples. An attempt before, or a run that was killed, may have left one: samples of two are never mixed. */
export function freeName(base: string): string {
  let file = `${base}.bin`;
  for (let attempt = 2; existsSync(file); attempt += 1) file = `${base}-attempt-${attempt}.bin`;
  return file;
}
