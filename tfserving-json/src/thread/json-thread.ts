import type { ExamplesRequest } from '../examples-request.js';
import { JsonRequestError } from '../json-request-error.js';
import type { PredictTensors } from '../predict-request-body.js';
import type { OutputTensor } from '../tensor-values.js';
import type { InputTypes, RequestFormat } from '../tensor.js';
import type { JsonRefusal, JsonResults, JsonWork } from './json-work.js';
import { unpacked } from './packed-strings.js';
import { memoryOf, owned, packedTensor, unpackedTensor } from './packed-tensor.js';
import { WorkThread } from './work-thread.js';

/** Reads and writes JSON in a thread of its own, one text at a time, so that a large one holds nobody else up. */
export class JsonThread {
  readonly #thread = new WorkThread<JsonWork, JsonResults, JsonRefusal>({
    program: new URL('main.js', import.meta.url),
    errorFrom: ({ code, statusBytes }) => new JsonRequestError(code, statusBytes.slice(`${code}: `.length)),
    outOfMemory: () =>
      new JsonRequestError('RESOURCE_EXHAUSTED', 'the request takes more memory to read than one may have'),
  });

  /**
   * The tensors of a predict request, for the inputs that `inputsOf` gives for its signature's name. Takes the body's memory
   * away. Rejects with JsonRequestError, and with what `inputsOf` throws.
   */
  readPredict(
    body: Buffer,
    inputsOf: (signatureName: string) => InputTypes | Promise<InputTypes>,
  ): Promise<PredictTensors> {
    return this.#thread.run(async () => {
      const bytes = owned(body);
      const inputs = await inputsOf(await this.#thread.ask({ kind: 'request', body: bytes }, [bytes.buffer]));
      const { format, tensors } = await this.#thread.ask({ kind: 'tensors', inputs });
      return {
        format,
        tensors: new Map(
          [...tensors].map(([alias, tensor]) => [alias, tensor === undefined ? undefined : unpackedTensor(tensor)]),
        ),
      };
    });
  }

  /** Takes the body's memory away. Rejects with JsonRequestError. */
  readExamples(body: Buffer): Promise<ExamplesRequest> {
    return this.#thread.run(async () => {
      const bytes = owned(body);
      const read = await this.#thread.ask({ kind: 'examples', body: bytes }, [bytes.buffer]);
      return { ...read, examples: unpacked(read.examples) };
    });
  }

  /** Takes the outputs' memory away. Rejects with JsonRequestError. */
  predictResponse(format: RequestFormat, outputs: ReadonlyMap<string, OutputTensor>): Promise<Buffer> {
    return this.#thread.run(async () => {
      const tensors = new Map([...outputs].map(([alias, tensor]) => [alias, packedTensor(tensor)]));
      const memory = [...new Set([...tensors.values()].flatMap(memoryOf))];
      const { buffer, byteOffset, length } = await this.#thread.ask(
        { kind: 'response', format, outputs: tensors },
        memory,
      );
      return Buffer.from(buffer, byteOffset, length);
    });
  }
}
