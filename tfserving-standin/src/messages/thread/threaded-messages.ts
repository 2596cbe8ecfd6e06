import {
  isLarge,
  memoryOf,
  owned,
  packedTensor,
  sizeOf,
  unpacked,
  unpackedTensor,
  WorkThread,
} from '@serving-study/tfserving-json';
import { StatusError } from '../../status-error.js';
import {
  readExampleRequest,
  readMultiInferenceRequest,
  type ExampleRequestMessage,
  type MultiInferenceRequestMessage,
} from '../inference-messages.js';
import { taken } from '../../inference/index.js';
import { MalformedMessage } from '../malformed-message.js';
import type { RequestedModel } from '../model-spec.js';
import {
  readPredictRequest,
  writePredictResponse,
  type PredictRequestMessage,
  type PredictResponseMessage,
} from '../predict-messages.js';
import type { UnreadTensor } from '../tensor-decoder.js';
import type { MessageRefusal, MessageResults, MessageWork } from './message-work.js';

/** Messages of PredictionService: small ones are read and written at once, large ones in a thread of their own. */
export class ThreadedMessages {
  readonly #thread = new WorkThread<MessageWork, MessageResults, MessageRefusal>({
    program: new URL('main.js', import.meta.url),
    errorFrom: ({ code, text }) => (code === undefined ? new MalformedMessage(text) : new StatusError(code, text)),
    outOfMemory: () => new StatusError('RESOURCE_EXHAUSTED', 'the request takes more memory to read than one may have'),
  });

  /**
   * As `readPredictRequest`. Of a large message the tensors that `wanted` names are made at once, for one use, and its memory
   * is gone; rejects with RESOURCE_EXHAUSTED for them, too.
   */
  readPredict(
    bytes: Buffer,
    wanted: (model: RequestedModel | undefined) => ReadonlySet<string>,
  ): PredictRequestMessage | Promise<PredictRequestMessage> {
    if (!isLarge(bytes.length)) return readPredictRequest(bytes);
    return this.#thread.run(async () => {
      const { model, aliases, outputFilter } = await this.#ask('predict', bytes);
      const names = wanted(model);
      const tensors = await this.#thread.ask({ kind: 'tensors', aliases: aliases.filter((name) => names.has(name)) });
      const unread = (alias: string): UnreadTensor => {
        return () => {
          const tensor = taken(tensors, alias);
          return tensor === undefined ? undefined : unpackedTensor(tensor);
        };
      };
      return { model, inputs: new Map(aliases.map((alias) => [alias, unread(alias)])), outputFilter };
    });
  }

  /** As `readExampleRequest`. */
  readExamples(bytes: Buffer): ExampleRequestMessage | Promise<ExampleRequestMessage> {
    if (!isLarge(bytes.length)) return readExampleRequest(bytes);
    return this.#thread.run(async () => {
      const { model, examples } = await this.#ask('examples', bytes);
      return { model, examples: unpacked(examples) };
    });
  }

  /** As `readMultiInferenceRequest`. */
  readMultiInference(bytes: Buffer): MultiInferenceRequestMessage | Promise<MultiInferenceRequestMessage> {
    if (!isLarge(bytes.length)) return readMultiInferenceRequest(bytes);
    return this.#thread.run(async () => {
      const { tasks, examples } = await this.#ask('multi inference', bytes);
      return { tasks, examples: unpacked(examples) };
    });
  }

  /** As `writePredictResponse`. The memory of large outputs is gone. */
  predictResponse({ outputs, ...response }: PredictResponseMessage, asContent: boolean): Buffer | Promise<Buffer> {
    if (!isLarge(sizeOf(outputs.values()))) return writePredictResponse({ ...response, outputs }, asContent);
    return this.#thread.run(async () => {
      const tensors = new Map([...outputs].map(([alias, tensor]) => [alias, packedTensor(tensor)]));
      const memory = [...new Set([...tensors.values()].flatMap(memoryOf))];
      const { buffer, byteOffset, length } = await this.#thread.ask(
        { kind: 'response', response, outputs: tensors, asContent },
        memory,
      );
      return Buffer.from(buffer, byteOffset, length);
    });
  }

  #ask<Kind extends 'predict' | 'examples' | 'multi inference'>(
    kind: Kind,
    bytes: Buffer,
  ): Promise<MessageResults[Kind]> {
    const memory = owned(bytes, bytes.buffer); // a large message came in pieces, which were put together for it
    return this.#thread.ask<MessageWork & { readonly kind: Kind }>({ kind, bytes: memory }, [memory.buffer]);
  }
}
