import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { RunningInstance } from '../contestants/index.js';
import type { Generator, TrialHooks } from '../load/index.js';
import type { Cell, ProcessUsage, TrialRecord } from '../record/index.js';
import type { GoldenSet } from '../requests/index.js';
import { watchProcesses } from '../resources/index.js';
import { drive } from './drive.js';
import { eventLoopDelayP99Ms, latencyTotals, meansBetween } from './metrics.js';

export interface TrialOptions {
  readonly generator: Generator;
  readonly cell: Cell;
  readonly pass: number;
  readonly block: number;
  readonly position: number;
  readonly seeds: TrialRecord['seeds'];
  readonly instance: RunningInstance;
  /** Predictions of the version that answers; several sets when several versions may rightly answer. */
  readonly golden: GoldenSet;
  /** Where the generator really sends to when a delay proxy stands in between. */
  readonly via: { readonly url: string; readonly measuredRttMs: number } | undefined;
  readonly runFolder: string;
  readonly signal: AbortSignal;
}

/** `headline/fashion-cnn-v2-b1-closed-1/flask-style#3`: the cell and the block. */
export function trialId(cell: string, block: number): string {
  return `${cell}#${block}`;
}

/** Runs one trial of a cell against a running instance and describes it; the samples are on disk when it returns. */
export async function runCellTrial(options: TrialOptions): Promise<TrialRecord> {
  const { cell, instance } = options;
  const id = trialId(cell.id, options.block);
  const samplesFile = freeName(join(options.runFolder, 'samples', id.replaceAll('/', '_')));
  const watched = instance.processes.map((each) => ({ ...each, contestant: cell.contestant }));
  let watch = watchProcesses(watched);
  let usage: ProcessUsage[] | undefined;
  // What the warm-up used is not the trial's: the watch starts over with the window.
  const hooks: TrialHooks = {
    signal: options.signal,
    onWindowStart: () => {
      watch.stop();
      watch = watchProcesses(watched);
    },
    onWindowEnd: () => {
      usage = watch.stop();
    },
  };
  const before = instance.metricsUrl === undefined ? undefined : await latencyTotals(instance.metricsUrl);
  if (instance.ownMetricsUrl !== undefined) await eventLoopDelayP99Ms(instance.ownMetricsUrl);
  const { condition, warmupMs, durationMs, timeoutMs } = cell;
  const outcome = await drive(
    {
      ...{
        generator: options.generator,
        instance,
        trial: id,
        cell: cell.id,
        golden: [options.golden],
        seeds: options.seeds,
      },
      ...{ condition, warmupMs, durationMs, timeoutMs, samplesFile },
      ...{ viaUrl: options.via?.url, keepsConnections: true },
    },
    hooks,
  );
  usage ??= watch.stop();
  const after = instance.metricsUrl === undefined ? undefined : await latencyTotals(instance.metricsUrl);
  const delayMs = instance.ownMetricsUrl === undefined ? undefined : await eventLoopDelayP99Ms(instance.ownMetricsUrl);
  return {
    id,
    cell: cell.id,
    block: options.block,
    pass: options.pass,
    position: options.position,
    seeds: options.seeds,
    startedAt: outcome.startedAt,
    durationMs: outcome.durationMs,
    samplesFile: relative(options.runFolder, samplesFile),
    samples: outcome.samples,
    generator: outcome.generator,
    ...(outcome.generators === undefined ? {} : { generators: outcome.generators }),
    usage,
    ...(delayMs === undefined ? {} : { eventLoopDelayP99Ms: delayMs }),
    ...(before === undefined || after === undefined ? {} : { serverMeansUs: meansBetween(before, after) }),
    ...(options.via === undefined ? {} : { measuredRttMs: options.via.measuredRttMs }),
    ...(outcome.failures.length === 0 ? {} : { failures: [...outcome.failures] }),
    cut: outcome.cut,
  };
}

/** A run that was killed may have left a file of this trial: samples of two attempts are never mixed. */
function freeName(base: string): string {
  let file = `${base}.bin`;
  for (let attempt = 2; existsSync(file); attempt += 1) file = `${base}-attempt-${attempt}.bin`;
  return file;
}
