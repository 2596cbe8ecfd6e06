import type { LoadOptions, TensorValue } from '@serving-study/runtime';
import type { RunContext } from '../core.js';
import type { Metrics } from '../metrics/index.js';
import { EngineSession, microsSince, type SessionRun } from './engine-session.js';
import type { LoadedVersion } from './loaded-version.js';
import type { ManagedVersion } from './managed-version.js';

export interface ModelLoaderOptions {
  readonly engine: LoadOptions;
  readonly metrics: Metrics;
}

/** Loads a version so that it can answer: graph and variables, batching, warm-up. Rejects with StatusError. */
export async function loadVersion(target: ManagedVersion, options: ModelLoaderOptions): Promise<LoadedVersion> {
  const { metrics } = options;
  const session = await EngineSession.load(target.path, options.engine, metrics);
  try {
    const loaded = loadedVersion(target, session, session.run, metrics);
    return loaded;
  } catch (error) {
    await session.close();
    throw error;
  }
}

function loadedVersion(
  { name, version }: ManagedVersion,
  session: EngineSession,
  sessionRun: SessionRun,
  metrics: Metrics,
): LoadedVersion {
  const run = async (
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    { timeoutMs, api }: RunContext,
    countAs = name,
  ): Promise<TensorValue[]> => {
    const started = performance.now();
    const outputs = await sessionRun(feeds, fetches, timeoutMs);
    if (api !== 'MultiInference') metrics.serving.runFinished(countAs, api, microsSince(started));
    if (api !== 'Predict') metrics.engine.examplesParsed();
    return outputs;
  };
  const { signatures, signatureDefMap } = session;
  return { name, version, signatures, signatureDefMap, run, close: () => session.close() };
}
