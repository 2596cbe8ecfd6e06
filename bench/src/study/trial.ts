import { join, relative } from 'node:path';
import type { RunningInstance } from '../contestants/index.js';
import { inputOrder, scheduleArrivals, type Generator, type PreparedRequest as LoadRequest, type TrialOutcome, type TrialSpec } from '../load/index.js';
import type { Cell, TrialRecord } from '../record/index.js';
import { prepareRequests, type GoldenSet, type PreparedRequest } from '../requests/index.js';
import { watchProcesses } from '../resources/index.js';
import { runEngineTrial } from './engine-trial.js';
import { trialId } from './trial-id.js';
import { PREDICT_METHOD } from './ask.js';
import { latencyTotals, meansBetween } from './server-means.js';

/** Inputs are chosen for this many requests; a trial that sends more starts again from the first. */
const ORDER_LENGTH = 65_536;

export interface TrialWish {
  readonly generator: Generator;
  readonly cell: Cell;
  readonly block: number;
  readonly position: number;
  readonly seeds: TrialRecord['seeds'];
  readonly instance: RunningInstance;
  /** Predictions of the version that answers; several sets when several versions may rightly answer. */
  readonly golden: GoldenSet;
  /** Where the generator really sends to when a delay proxy stands in between. */
  readonly via?: { readonly url: string; readonly measuredRttMs: number };
  readonly runFolder: string;
  readonly signal: AbortSignal;
}

/** Runs one trial of a cell against a running instance and describes it; the samples are on disk when it returns. */
export async function runCellTrial(wish: TrialWish): Promise<TrialRecord> {
  const { cell, instance } = wish;
  const id = trialId(cell.id, wish.block);
  const samplesFile = join(wish.runFolder, 'samples', `${id.replaceAll('/', '_')}.bin`);
  const requests = prepareRequests(wish.golden, cell.condition);
  const watch = watchProcesses(instance.processes.map((each) => ({ ...each, contestant: cell.contestant })));
  const before = instance.metricsUrl === undefined ? undefined : await latencyTotals(instance.metricsUrl);
  const outcome = await drive(wish, id, samplesFile, requests);
  const usage = watch.stop();
  const after = instance.metricsUrl === undefined ? undefined : await latencyTotals(instance.metricsUrl);
  return {
    id,
    cell: cell.id,
    block: wish.block,
    position: wish.position,
    seeds: wish.seeds,
    startedAt: outcome.startedAt,
    durationMs: outcome.durationMs,
    samplesFile: relative(wish.runFolder, samplesFile),
    samples: outcome.samples,
    generator: outcome.generator,
    usage,
    ...(before === undefined || after === undefined ? {} : { serverMeansUs: meansBetween(before, after) }),
    ...(wish.via === undefined ? {} : { measuredRttMs: wish.via.measuredRttMs }),
    cut: outcome.cut,
  };
}

async function drive(wish: TrialWish, trial: string, samplesFile: string, requests: readonly PreparedRequest[]): Promise<TrialOutcome> {
  const { cell, instance, golden, seeds, signal } = wish;
  const { condition, contestant, warmupMs, durationMs, timeoutMs } = cell;
  if (instance.target.kind === 'engine')
    return await runEngineTrial({ trial, cell: cell.id, contestant, runner: instance.target.runner, requests, condition, warmupMs, durationMs, samplesFile });
  const loadRequests = requests.map(({ body, expected }): LoadRequest => ({ body, expected: [{ version: golden.version, values: expected }] }));
  const spec: TrialSpec = {
    trial,
    cell: cell.id,
    contestant,
    target: loadTarget(instance, golden.model, wish.via?.url),
    requests: loadRequests,
    load:
      condition.loop.kind === 'closed'
        ? { kind: 'closed', concurrency: condition.loop.concurrency }
        : { kind: 'open', schedule: scheduleArrivals(arrivalPattern(condition.loop, durationMs, seeds.arrivals)) },
    order: inputOrder(seeds.inputs, ORDER_LENGTH, requests.length),
    warmupMs,
    durationMs,
    timeoutMs,
    samplesFile,
  };
  return await wish.generator.runTrial(spec, { signal });
}

function loadTarget(instance: RunningInstance, model: string, viaUrl: string | undefined): TrialSpec['target'] {
  const { target } = instance;
  switch (target.kind) {
    case 'rest':
      return { kind: 'rest', origin: viaUrl ?? target.url, path: `/v1/models/${model}:predict`, headers: target.headers };
    case 'grpc':
      return { kind: 'grpc', address: viaUrl === undefined ? target.address : new URL(viaUrl).host, method: PREDICT_METHOD };
    case 'engine':
      throw new Error('the bare engine is not driven over a network');
  }
}

function arrivalPattern(loop: Extract<Cell['condition']['loop'], { kind: 'open' }>, durationMs: number, seed: number): Parameters<typeof scheduleArrivals>[0] {
  const { ratePerS } = loop;
  switch (loop.arrivals) {
    case 'constant':
      return { kind: 'constant', ratePerS, durationMs };
    case 'poisson':
      return { kind: 'poisson', ratePerS, durationMs, seed };
    case 'ramp':
      return { kind: 'ramp', fromPerS: 0, toPerS: ratePerS, durationMs, seed };
    case 'trace':
      throw new Error('a cell with a recorded trace needs its instants: no experiment plans one');
  }
}
