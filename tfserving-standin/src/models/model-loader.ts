import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadOptions, TensorValue } from '@serving-study/runtime';
import {
  BatchingSession,
  batchingOptions,
  checkBatchingOptions,
  type BatchingOptions,
  type BatchScheduler,
} from '../batching/index.js';
import { readConfigFile } from '../config/index.js';
import type { RunContext, Servable } from '../core.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics/index.js';
import { warmUp } from '../warmup/index.js';
import { EngineSession, microsSince } from './engine-session.js';
import type { LoadedVersion } from './loaded-version.js';
import type { ManagedVersion } from './managed-version.js';

export interface Batching {
  readonly scheduler: BatchScheduler;
  /** The same for all models, or read from `batching_params.pbtxt` of each version: versions without one are not batched. */
  readonly options: BatchingOptions | 'per-model';
}

export interface ModelLoaderOptions {
  readonly engine: LoadOptions;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Absent: no batching. */
  readonly batching?: Batching;
  /** How often recorded requests are replayed while loading; 0 = not at all. */
  readonly warmupIterations: number;
}

/** Loads a version so that it can answer: graph and variables, batching, warm-up. Rejects with StatusError. */
export async function loadVersion(target: ManagedVersion, options: ModelLoaderOptions): Promise<LoadedVersion> {
  const { engine, metrics, warmupIterations: iterations } = options;
  const session = await EngineSession.load(target.path, engine, metrics);
  try {
    const batcher = await batchingSession(target, session, options);
    const loaded = loadedVersion(target, session, batcher, metrics);
    if (iterations > 0)
      await warmUp(target.path, { target: (name) => warmupServable(loaded, name), iterations, metrics });
    return loaded;
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function batchingSession(
  { path }: ManagedVersion,
  session: EngineSession,
  { batching, metrics, log }: ModelLoaderOptions,
): Promise<BatchingSession | undefined> {
  if (batching === undefined) return undefined;
  const options = batching.options === 'per-model' ? await optionsOfVersion(path, log) : batching.options;
  if (options === undefined) return undefined;
  checkBatchingOptions(options);
  return new BatchingSession(session.run, batching.scheduler, options, metrics);
}

async function optionsOfVersion(versionPath: string, log: Log): Promise<BatchingOptions | undefined> {
  const path = join(versionPath, 'batching_params.pbtxt');
  if ((await readFile(path).catch(() => undefined)) === undefined) return undefined;
  const message = await readConfigFile(path, 'BatchingParameters', ({ detail }) => {
    log.error(detail);
  });
  return batchingOptions(message, 1);
}

function loadedVersion(
  { name, version }: ManagedVersion,
  session: EngineSession,
  batcher: BatchingSession | undefined,
  metrics: Metrics,
): LoadedVersion {
  const sessionRun = batcher?.run ?? session.run;
  const run = async (
    feeds: Map<string, TensorValue>,
    fetches: readonly string[],
    { timeoutMs, api }: RunContext,
    countAs = name,
  ): Promise<TensorValue[]> => {
    const started = performance.now();
    if (api !== 'Predict') metrics.engine.examplesParsed();
    const outputs = await sessionRun(feeds, fetches, timeoutMs);
    if (api !== 'MultiInference') metrics.serving.runFinished(countAs, api, microsSince(started));
    return outputs;
  };
  const close = async (): Promise<void> => {
    batcher?.close();
    await session.close();
  };
  return { name, version, signatures: session.signatures, signatureDefMap: session.signatureDefMap, run, close };
}

/** What a warm-up record runs on: the version itself, counted under the name in the record. */
function warmupServable(loaded: LoadedVersion, name: string): Servable {
  const { version, signatures, signatureDefMap } = loaded;
  return {
    name,
    version,
    signatures,
    signatureDefMap,
    run: (feeds, fetches, options) => loaded.run(feeds, fetches, options, name),
    release: () => undefined,
  };
}
