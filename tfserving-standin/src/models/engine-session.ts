import {
  SavedModel,
  TensorFlowError,
  type LoadOptions,
  type Signature,
  type TensorValue,
} from '@serving-study/runtime';
import type { Metrics } from '../metrics/index.js';
import { StatusError } from '../status-error.js';
import type { SessionRun } from './session-run.js';

/** A SavedModel whose runs are counted, and whose errors are the ones that clients see. */
export class EngineSession {
  readonly #model: SavedModel;
  readonly #metrics: Metrics;
  /** Sets of feeds and fetches that ran before: the graph is optimised for each of them once. */
  readonly #built = new Set<string>();

  private constructor(model: SavedModel, metrics: Metrics) {
    this.#model = model;
    this.#metrics = metrics;
  }

  /** Loads the version in `directory`. Rejects with StatusError with TensorFlow's own text. */
  static async load(directory: string, options: LoadOptions, metrics: Metrics): Promise<EngineSession> {
    const started = performance.now();
    try {
      const model = await SavedModel.load(directory, options);
      metrics.engine.loaded(directory, microsSince(started));
      return new EngineSession(model, metrics);
    } catch (error) {
      metrics.engine.loadFailed(directory);
      throw statusError(error);
    }
  }

  get signatures(): ReadonlyMap<string, Signature> {
    return this.#model.signatures;
  }

  get signatureDefMap(): Uint8Array {
    return this.#model.signatureDefMap;
  }

  readonly run: SessionRun = async (feeds, fetches, timeoutMs) => {
    const started = performance.now();
    const fedBytes = totalBytes(feeds.values());
    const signature = `${[...feeds.keys()].sort().join()}->${fetches.join()}`;
    const whenFed = (): void => {
      feeds.clear();
    };
    try {
      const outputs = await this.#model.run(feeds, fetches, { timeoutMs, whenFed });
      const micros = microsSince(started);
      this.#metrics.engine.graphRun(fedBytes, totalBytes(outputs), micros);
      if (!this.#built.has(signature)) {
        this.#built.add(signature);
        this.#metrics.engine.graphBuilt(micros);
      }
      return outputs;
    } catch (error) {
      throw statusError(error);
    }
  };

  close(): Promise<void> {
    return this.#model.close();
  }
}

export function microsSince(started: number): number {
  return Math.round((performance.now() - started) * 1000);
}

function statusError(error: unknown): unknown {
  return error instanceof TensorFlowError ? new StatusError(error.code, error.message) : error;
}

function totalBytes(tensors: Iterable<TensorValue>): number {
  let bytes = 0;
  for (const tensor of tensors) {
    if (tensor.dtype !== 'string') bytes += tensor.data.length;
    else for (const text of tensor.strings) bytes += text.length;
  }
  return bytes;
}
