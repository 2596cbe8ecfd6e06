import { Worker } from 'node:worker_threads';

/** Of the thread's JavaScript values; the memory of typed arrays is not among them. */
const HEAP_MIB = 512;
/** A thread that has nothing to do gives its memory back. */
const IDLE_MS = 5000;
/** One that was given so much does at once: what it no longer needs would stay until its next garbage collection. */
const MUCH_BYTES = 16 * 2 ** 20;

/** What a thread answers with: `refusal` is what its program makes of an error that is the request's fault. */
export type Reply<Result, Refusal> =
  { readonly result: Result } | { readonly refusal: Refusal } | { readonly fault: string };

export interface ThreadOptions<Refusal> {
  /** Its program calls `answerWork`. */
  readonly program: URL;
  readonly errorFrom: (refusal: Refusal) => Error;
  readonly outOfMemory: () => Error;
}

/**
 * A thread for what would hold up the event loop, started when there is work. `Results` has the result of each kind of `Work`.
 */
export class WorkThread<Work extends { readonly kind: keyof Results }, Results extends object, Refusal> {
  readonly #options: ThreadOptions<Refusal>;
  #turn: Promise<unknown> = Promise.resolve();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Within the task that runs. */
  #givenBytes = 0;
  /** Who waits for the thread's next answer. */
  #asked:
    | {
        readonly resolve: (reply: Reply<Results[keyof Results], Refusal>) => void;
        readonly reject: (error: Error) => void;
      }
    | undefined;

  constructor(options: ThreadOptions<Refusal>) {
    this.#options = options;
  }

  /** Runs `task`, all of whose `ask` belong together, when the tasks before it are over. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task).finally(() => {
      this.#endLater();
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Within `run`. `memory` is the thread's from then on. Rejects with the errors of the options. */
  async ask<W extends Work>(work: W, memory: readonly ArrayBuffer[] = []): Promise<Results[W['kind']]> {
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    for (const { byteLength } of memory) this.#givenBytes += byteLength;
    const reply = await new Promise<Reply<Results[keyof Results], Refusal>>((resolve, reject) => {
      this.#asked = { resolve, reject };
      worker.postMessage(work, memory);
    });
    this.#asked = undefined;
    if ('result' in reply) return reply.result;
    throw 'refusal' in reply ? this.#options.errorFrom(reply.refusal) : new Error(reply.fault);
  }

  #endLater(): void {
    const worker = this.#worker;
    const end = (): void => {
      if (this.#worker === worker) this.#worker = undefined;
      void worker?.terminate();
    };
    if (this.#givenBytes > MUCH_BYTES) end();
    else this.#idle = setTimeout(end, IDLE_MS).unref();
    this.#givenBytes = 0;
  }

  #start(): Worker {
    const worker = new Worker(this.#options.program, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB } });
    worker.unref();
    worker.on('message', (reply: Reply<Results[keyof Results], Refusal>) => this.#asked?.resolve(reply));
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#worker === worker) this.#worker = undefined;
      this.#asked?.reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? this.#options.outOfMemory() : error);
    });
    return worker;
  }
}
