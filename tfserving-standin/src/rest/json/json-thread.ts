import { Worker } from 'node:worker_threads';
import {
  JsonRequestError,
  type ExamplesRequest,
  type InputTypes,
  type OutputTensor,
  type PredictTensors,
  type RequestFormat,
} from '@serving-study/tfserving-json';
import { StatusError } from '../../status-error.js';
import { ConcurrencyLimit } from '../concurrency-limit.js';
import type { Reply, Results, Work } from './json-work.js';
import { unpacked } from './packed-strings.js';
import { memoryOf, owned, packedTensor, unpackedTensor } from './packed-tensor.js';

/** Of the thread's JavaScript values; the memory of bodies and tensors is not among them. */
const HEAP_MIB = 512;
/** A thread that has nothing to do gives its memory back. */
const IDLE_MS = 5000;

/** Reads and writes JSON in a thread of its own, one text at a time, so that a large one holds nobody else up. */
export class JsonThread {
  readonly #turn = new ConcurrencyLimit(1);
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Who waits for the thread's next answer. */
  #asked: { readonly resolve: (reply: Reply) => void; readonly reject: (error: Error) => void } | undefined;

  /**
   * The tensors of a predict request, for the inputs that `inputsOf` gives for its signature's name. Takes the body's memory
   * away. Rejects with JsonRequestError, RESOURCE_EXHAUSTED, and with what `inputsOf` throws.
   */
  readPredict(body: Buffer, inputsOf: (signatureName: string) => InputTypes): Promise<PredictTensors> {
    return this.#turn.run(async () => {
      const bytes = owned(body);
      const inputs = inputsOf(await this.#ask({ kind: 'request', body: bytes }, [bytes.buffer]));
      const { format, tensors } = await this.#ask({ kind: 'tensors', inputs }, []);
      return {
        format,
        tensors: new Map(
          [...tensors].map(([alias, tensor]) => [alias, tensor === undefined ? undefined : unpackedTensor(tensor)]),
        ),
      };
    });
  }

  /** Takes the body's memory away. Rejects with JsonRequestError, RESOURCE_EXHAUSTED. */
  readExamples(body: Buffer): Promise<ExamplesRequest> {
    return this.#turn.run(async () => {
      const bytes = owned(body);
      const read = await this.#ask({ kind: 'examples', body: bytes }, [bytes.buffer]);
      return { ...read, examples: unpacked(read.examples) };
    });
  }

  /** Takes the outputs' memory away. Rejects with JsonRequestError, RESOURCE_EXHAUSTED. */
  predictResponse(format: RequestFormat, outputs: ReadonlyMap<string, OutputTensor>): Promise<Buffer> {
    return this.#turn.run(async () => {
      const tensors = new Map([...outputs].map(([alias, tensor]) => [alias, packedTensor(tensor)]));
      const memory = [...new Set([...tensors.values()].flatMap(memoryOf))];
      const { buffer, length } = await this.#ask({ kind: 'response', format, outputs: tensors }, memory);
      return Buffer.from(buffer, 0, length);
    });
  }

  async #ask<W extends Work>(work: W, memory: readonly ArrayBuffer[]): Promise<Results[W['kind']]> {
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.#asked = { resolve, reject };
      worker.postMessage(work, memory);
    });
    this.#idle = setTimeout(() => {
      this.#worker = undefined;
      void worker.terminate();
    }, IDLE_MS).unref();
    if ('result' in reply) return reply.result as Results[W['kind']];
    if ('refusal' in reply) {
      const { code, statusBytes } = reply.refusal;
      throw new JsonRequestError(code, statusBytes.slice(`${code}: `.length));
    }
    throw new Error(reply.fault);
  }

  #start(): Worker {
    const worker = new Worker(new URL('main.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    });
    worker.unref();
    worker.on('message', (reply: Reply) => this.#asked?.resolve(reply));
    const lost = (error: Error): void => {
      if (this.#worker === worker) this.#worker = undefined;
      this.#asked?.reject(error);
    };
    worker.on('error', (error: NodeJS.ErrnoException) => {
      lost(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? outOfMemory() : error);
    });
    return worker;
  }
}

function outOfMemory(): StatusError {
  return new StatusError('RESOURCE_EXHAUSTED', 'the request takes more memory to read than one may have');
}
