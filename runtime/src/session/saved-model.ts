import type { EngineLibrary } from '../engine/engine-library.js';
import { openLibrary, type CApi, type Pointer } from './c-api.js';
import { messageBytes } from './config-message.js';
import { fillNative, nativeFor, valueFromNative } from './native-tensor.js';
import { GraphOutputs } from './graph-outputs.js';
import { POINTER_BYTES, pointerAt, readBuffer } from './native-memory.js';
import { metaGraphFromBytes, type MetaGraph, type Signature } from '../signature.js';
import { withStatus, withStatusAsync } from './status.js';
import type { TensorValue } from '../tensor-value.js';
import { TensorFlowError } from '../tensorflow-error.js';
import { inTurn, onThreadPool } from './thread-pool-call.js';

export interface LoadOptions {
  readonly library: EngineLibrary;
  /** Threads inside one op; 0 lets TensorFlow take one per schedulable CPU. */
  readonly intraOpThreads?: number;
  /** Ops of one or several runs at the same time; 0 lets TensorFlow decide. */
  readonly interOpThreads?: number;
  /** Tags of the meta graph to load; default: `['serve']`, as TensorFlow Serving. */
  readonly tags?: readonly string[];
}

export interface RunOptions {
  /** TensorFlow's own RunOptions.timeout_in_ms; 0 or absent means none. On expiry run() rejects with DEADLINE_EXCEEDED. */
  readonly timeoutMs?: number;
  /** Called when the inputs have been copied: their own memory is not needed any more. */
  readonly whenFed?: () => void;
}

/** RunOptions.inter_op_thread_pool: the ops of a run are not spread over TensorFlow's pool (protobuf/config.proto). */
const CALLERS_THREAD = -1;

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
  readonly #outputs: GraphOutputs;
  #running = 0;
  #closing: Promise<void> | undefined;
  #whenIdle: (() => void) | undefined;

  private constructor(api: CApi, graph: Pointer, session: Pointer, meta: MetaGraph) {
    this.signatures = meta.signatures;
    this.signatureDefMap = meta.signatureDefMap;
    this.#api = api;
    this.#graph = graph;
    this.#session = session;
    this.#outputs = new GraphOutputs(api, graph);
  }

  /** Loads `<directory>/saved_model.pb` and its variables. Throws TensorFlowError with TensorFlow's own text. */
  static async load(directory: string, options: LoadOptions): Promise<SavedModel> {
    const api = openLibrary(options.library);
    const tags = options.tags ?? ['serve'];
    const graph = api.newGraph();
    const metaGraph = api.newEmptyBuffer();
    const sessionOptions = api.newSessionOptions();
    let session: Pointer = 0;
    try {
      const config = messageBytes('tensorflow.ConfigProto', {
        intra_op_parallelism_threads: options.intraOpThreads ?? 0,
        inter_op_parallelism_threads: options.interOpThreads ?? 0,
      });
      withStatus(api, (status) => {
        api.setConfig(sessionOptions, config, config.length, status);
      });
      const parameters = [sessionOptions, 0, directory, tags, tags.length, graph, metaGraph];
      session = await withStatusAsync(
        api,
        (status) => onThreadPool(api.loadSession, [...parameters, status]) as Promise<Pointer>,
      );
      return new SavedModel(api, graph, session, metaGraphFromBytes(readBuffer(api, metaGraph), directory));
    } catch (error) {
      if (session !== 0) await freeSession(api, session);
      api.deleteGraph(graph);
      throw error;
    } finally {
      api.deleteSessionOptions(sessionOptions);
      api.deleteBuffer(metaGraph);
    }
  }

  /** Version of the TensorFlow library that runs this model, e.g. `2.21.0`. */
  get tensorflowVersion(): string {
    return this.#api.version();
  }

  /**
   * Runs the graph: `feeds` by tensor name (`x:0`), `fetches` by tensor name, results in the order of `fetches`. The tensors
   * given must not change until it returns. At most 64 runs of a JavaScript thread are in TensorFlow's hands at a
   * time, however many models there are; the others wait here, in the order they came, and hold no native memory meanwhile.
   * Native tensors are freed on every path. Throws TensorFlowError with TensorFlow's own text and code.
   */
  async run(
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    options: RunOptions = {},
  ): Promise<TensorValue[]> {
    if (this.#closing !== undefined) throw new TensorFlowError('FAILED_PRECONDITION', 'the session is closed');
    this.#running += 1;
    let fedBytes = 0;
    for (const value of feeds.values()) if (value.dtype !== 'string') fedBytes += value.data.length;
    try {
      return await inTurn(() => this.#run(feeds, fetches, options));
    } catch (error) {
      giveMemoryBack(this.#api, fedBytes);
      throw error;
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#whenIdle?.();
    }
  }

  async #run(
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    { timeoutMs = 0, whenFed }: RunOptions,
  ): Promise<TensorValue[]> {
    const api = this.#api;
    const inputs: Pointer[] = [];
    const outputs = Buffer.alloc(Math.max(1, fetches.length) * POINTER_BYTES);
    let runOptions: Pointer = 0;
    try {
      const feedHandles = this.#outputs.handles([...feeds.keys()]);
      const fetchHandles = this.#outputs.handles(fetches);
      for (const value of feeds.values()) {
        const tensor = nativeFor(api, value);
        inputs.push(tensor);
        const filling = fillNative(api, tensor, value);
        if (filling !== undefined) await filling; // each await is a turn of the queue on the hot path
      }
      whenFed?.();
      const inputHandles = Buffer.alloc(Math.max(1, inputs.length) * POINTER_BYTES);
      inputs.forEach((tensor, at) => inputHandles.writeBigUInt64LE(BigInt(tensor), at * POINTER_BYTES));
      const alone = this.#running === 1;
      if (timeoutMs > 0 || !alone)
        runOptions = api.newBuffer(
          messageBytes('tensorflow.RunOptions', {
            // Rounded up, as 0 would mean no timeout at all.
            timeout_in_ms: Math.ceil(timeoutMs),
            // Beside other runs, one that stays on its own thread saves two changes of thread; alone, TensorFlow's pool is faster.
            ...(alone ? {} : { inter_op_thread_pool: CALLERS_THREAD }),
          }),
        );
      // prettier-ignore
      const parameters = [this.#session, runOptions, feedHandles, inputHandles, inputs.length, fetchHandles, outputs, fetches.length, 0, 0, 0];
      await withStatusAsync(api, (status) =>
        onThreadPool(api.runSession, [...parameters, status], [feedHandles, inputHandles, fetchHandles, outputs]),
      );
      freeAll(api, inputs); // before as much is taken for the outputs
      const results: TensorValue[] = [];
      for (let at = 0; at < fetches.length; at += 1) {
        const value = valueFromNative(api, pointerAt(outputs, at));
        results.push(value instanceof Promise ? await value : value);
      }
      return results;
    } finally {
      freeAll(api, inputs);
      for (let at = 0; at < fetches.length; at += 1)
        if (pointerAt(outputs, at) !== 0) api.deleteTensor(pointerAt(outputs, at));
      if (runOptions !== 0) api.deleteBuffer(runOptions);
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
    try {
      await freeSession(this.#api, this.#session);
    } finally {
      this.#api.deleteGraph(this.#graph);
    }
  }
}

/** Bytes of inputs of failed runs since memory was last given back, and how many there may be. */
let failedBytes = 0;
const FAILED_BYTES = 64 * 2 ** 20;

/**
 * glibc hardly finds the place of an input again that a failed run has freed, because TensorFlow asks for aligned memory, and
 * keeps it: with more failing runs than threads the process grew by the size of the inputs with each of them.
 */
function giveMemoryBack(api: CApi, fedBytes: number): void {
  failedBytes += fedBytes;
  if (failedBytes < FAILED_BYTES) return;
  failedBytes = 0;
  void onThreadPool(api.trimMemory, [0]);
}

function freeAll(api: CApi, tensors: Pointer[]): void {
  for (const tensor of tensors.splice(0)) api.deleteTensor(tensor);
}

async function freeSession(api: CApi, session: Pointer): Promise<void> {
  try {
    await inTurn(() => withStatusAsync(api, (status) => onThreadPool(api.closeSession, [session, status])));
  } finally {
    await inTurn(() => withStatusAsync(api, (status) => onThreadPool(api.deleteSession, [session, status])));
  }
}
