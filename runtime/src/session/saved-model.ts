import { loadMessages } from '@serving-study/protos';
import type { EngineLibrary } from '../provision/engine-library.js';
import { openLibrary, type CApi, type Pointer } from './c-api.js';
import { nativeFromValue, valueFromNative } from './native-tensor.js';
import { readMetaGraph, type MetaGraph, type Signature } from './signature.js';
import { withStatus, withStatusAsync } from './status.js';
import type { TensorValue } from './tensor-value.js';
import { TensorFlowError } from './tensorflow-error.js';

export interface LoadOptions {
  readonly library: EngineLibrary;
  /** Threads inside one op; 0 lets TensorFlow take one per schedulable CPU. */
  readonly intraOpThreads?: number;
  /** Ops of one or several runs at the same time; 0 lets TensorFlow decide. */
  readonly interOpThreads?: number;
  /** Tags of the meta graph to load; `['serve']` unless told, as TensorFlow Serving. */
  readonly tags?: readonly string[];
}

export interface RunOptions {
  /** TensorFlow's own RunOptions.timeout_in_ms; 0 or absent means none. On expiry run() rejects with DEADLINE_EXCEEDED. */
  readonly timeoutMs?: number;
}

/**
 * A SavedModel loaded once and run concurrently: every run happens on the thread pool, so JavaScript never blocks.
 * `UV_THREADPOOL_SIZE` bounds the runs in flight; the others wait for a thread in the order they came.
 */
export class SavedModel {
  readonly #api: CApi;
  readonly #graph: Pointer;
  readonly #session: Pointer;
  readonly signatures: ReadonlyMap<string, Signature>;
  /** The serialized tensorflow.serving.SignatureDefMap, for GetModelMetadata. */
  readonly signatureDefMap: Uint8Array;
  readonly #operations = new Map<string, Pointer>();
  #running = 0;
  #closing: Promise<void> | undefined;
  #whenIdle: (() => void) | undefined;

  private constructor(api: CApi, graph: Pointer, session: Pointer, meta: MetaGraph) {
    this.signatures = meta.signatures;
    this.signatureDefMap = meta.signatureDefMap;
    this.#api = api;
    this.#graph = graph;
    this.#session = session;
  }

  /** Loads `<directory>/saved_model.pb` and its variables. Throws TensorFlowError with TensorFlow's own text. */
  static async load(directory: string, options: LoadOptions): Promise<SavedModel> {
    const api = openLibrary(options.library);
    const tags = options.tags ?? ['serve'];
    const graph = api.newGraph();
    const sessionOptions = api.newSessionOptions();
    try {
      const config = messageBytes('tensorflow.ConfigProto', {
        intra_op_parallelism_threads: options.intraOpThreads ?? 0,
        inter_op_parallelism_threads: options.interOpThreads ?? 0,
      });
      withStatus(api, (status) => {
        api.setConfig(sessionOptions, config, config.length, status);
      });
      const session = await withStatusAsync(api, (status) =>
        asynchronous<Pointer>(api.loadSession, [sessionOptions, 0, directory, tags, tags.length, graph, 0, status]),
      );
      return new SavedModel(api, graph, session, await readMetaGraph(directory, tags));
    } catch (error) {
      api.deleteGraph(graph);
      throw error;
    } finally {
      api.deleteSessionOptions(sessionOptions);
    }
  }

  /** Version of the TensorFlow library that runs this model, e.g. `2.21.0`. */
  get tensorflowVersion(): string {
    return this.#api.version();
  }

  /**
   * Runs the graph: `feeds` by tensor name (`x:0`), `fetches` by tensor name, results in the order of `fetches`.
   * Native tensors are freed on every path. Throws TensorFlowError with TensorFlow's own text and code.
   */
  async run(
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    options: RunOptions = {},
  ): Promise<TensorValue[]> {
    if (this.#closing !== undefined) throw new TensorFlowError('FAILED_PRECONDITION', 'the session is closed');
    const api = this.#api;
    const inputs: Pointer[] = [];
    const outputs = Buffer.alloc(Math.max(1, fetches.length) * 8);
    let runOptions = 0;
    this.#running += 1;
    try {
      const feedHandles = this.#outputHandles([...feeds.keys()]);
      const fetchHandles = this.#outputHandles(fetches);
      for (const value of feeds.values()) inputs.push(nativeFromValue(api, value));
      if (options.timeoutMs !== undefined && options.timeoutMs > 0)
        runOptions = api.newBuffer(messageBytes('tensorflow.RunOptions', { timeout_in_ms: options.timeoutMs }));
      const inputHandles = BigUint64Array.from(inputs, BigInt);
      await withStatusAsync(api, (status) =>
        asynchronous<void>(
          api.runSession,
          [
            this.#session,
            runOptions,
            feedHandles,
            inputHandles,
            inputs.length,
            fetchHandles,
            outputs,
            fetches.length,
            0,
            0,
            0,
            status,
          ],
          [feedHandles, inputHandles, fetchHandles, outputs],
        ),
      );
      return fetches.map((_, index) => valueFromNative(api, Number(outputs.readBigUInt64LE(index * 8))));
    } finally {
      for (const tensor of inputs) api.deleteTensor(tensor);
      for (let at = 0; at < fetches.length; at += 1) {
        const tensor = Number(outputs.readBigUInt64LE(at * 8));
        if (tensor !== 0) api.deleteTensor(tensor);
      }
      if (runOptions !== 0) api.deleteBuffer(runOptions);
      this.#running -= 1;
      if (this.#running === 0) this.#whenIdle?.();
    }
  }

  /** Waits for the runs in flight, then frees the session and its graph. Later runs are refused. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#free();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #free(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    const api = this.#api;
    try {
      await withStatusAsync(api, (status) => asynchronous<void>(api.closeSession, [this.#session, status]));
    } finally {
      await withStatusAsync(api, (status) => asynchronous<void>(api.deleteSession, [this.#session, status]));
      api.deleteGraph(this.#graph);
    }
  }

  /** An array of `TF_Output { TF_Operation *oper; int index; }` (16 bytes each) for tensor names such as `x:0`. */
  #outputHandles(names: readonly string[]): Buffer {
    const handles = Buffer.alloc(Math.max(1, names.length) * 16);
    names.forEach((name, at) => {
      const colon = name.lastIndexOf(':');
      const operation = colon < 0 ? name : name.slice(0, colon);
      handles.writeBigUInt64LE(BigInt(this.#operation(operation, name)), at * 16);
      handles.writeInt32LE(colon < 0 ? 0 : Number(name.slice(colon + 1)), at * 16 + 8);
    });
    return handles;
  }

  #operation(operation: string, tensorName: string): Pointer {
    let pointer = this.#operations.get(operation);
    if (pointer === undefined) {
      pointer = this.#api.operationByName(this.#graph, operation);
      // The text of TensorFlow's own session, which the C API cannot reach without a handle for the operation.
      if (pointer === 0)
        throw new TensorFlowError(
          'INVALID_ARGUMENT',
          `Tensor ${tensorName}, specified in either feed_devices or fetch_devices was not found in the Graph`,
        );
      this.#operations.set(operation, pointer);
    }
    return pointer;
  }
}

function messageBytes(type: string, fields: Record<string, number>): Uint8Array {
  const message = loadMessages().lookupType(type);
  return message.encode(message.create(fields)).finish();
}

/** Runs a native function on the thread pool. `alive` is held until it returns: native code reads or writes that memory. */
function asynchronous<T>(fn: CApi['runSession'], parameters: unknown[], alive: readonly unknown[] = []): Promise<T> {
  return new Promise((resolve, reject) => {
    fn.async(...parameters, (error: Error | null, result: T) => {
      void alive;
      if (error === null) resolve(result);
      else reject(error);
    });
  });
}
