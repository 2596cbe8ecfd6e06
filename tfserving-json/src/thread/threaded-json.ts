import { parseExamplesRequest, type ExamplesRequest } from '../examples-request.js';
import type { PredictTensors } from '../predict-request-body.js';
import { parsePredictRequest } from '../predict-request.js';
import { predictResponseBody } from '../predict-response.js';
import type { OutputTensor } from '../tensor-values.js';
import type { InputTypes, RequestFormat } from '../tensor.js';
import { JsonThread } from './json-thread.js';

/** More would hold everyone else up for some ten milliseconds. */
const LARGE_BYTES = 2 ** 20;

/** Whether a request or an answer of so many bytes is read and written in another thread. */
export function isLarge(bytes: number): boolean {
  return bytes > LARGE_BYTES;
}

/** TensorFlow Serving's JSON: small texts at once, large ones in a thread of their own. */
export class ThreadedJson {
  readonly #thread = new JsonThread();

  /** See JsonThread; throws at once what that rejects with. */
  readPredict(body: Buffer, inputsOf: (signatureName: string) => InputTypes): PredictTensors | Promise<PredictTensors> {
    if (isLarge(body.length)) return this.readLargePredict(body, inputsOf);
    const request = parsePredictRequest(body);
    return request.tensorsFor(inputsOf(request.signatureName));
  }

  /** In the thread, whatever its size. See JsonThread. */
  readLargePredict(
    body: Buffer,
    inputsOf: (signatureName: string) => InputTypes | Promise<InputTypes>,
  ): Promise<PredictTensors> {
    return this.#thread.readPredict(body, inputsOf);
  }

  readExamples(body: Buffer): ExamplesRequest | Promise<ExamplesRequest> {
    return isLarge(body.length) ? this.#thread.readExamples(body) : parseExamplesRequest(body);
  }

  predictResponse(format: RequestFormat, outputs: ReadonlyMap<string, OutputTensor>): Buffer | Promise<Buffer> {
    return isLarge(sizeOf(outputs.values()))
      ? this.#thread.predictResponse(format, outputs)
      : predictResponseBody(format, outputs);
  }
}

/** Bytes of their elements, and one more for each string. */
export function sizeOf(tensors: Iterable<OutputTensor>): number {
  let bytes = 0;
  for (const tensor of tensors) {
    if (!('strings' in tensor)) bytes += tensor.data.length;
    else for (const { length } of tensor.strings) bytes += length + 1;
  }
  return bytes;
}
