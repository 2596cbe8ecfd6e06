import {
  parseExamplesRequest,
  parsePredictRequest,
  predictResponseBody,
  type ExamplesRequest,
  type InputTypes,
  type OutputTensor,
  type PredictTensors,
  type RequestFormat,
} from '@serving-study/tfserving-json';
import { JsonThread } from './json-thread.js';

/** More would hold everyone else up for some ten milliseconds. */
const LARGE_BYTES = 2 ** 20;

/** Whether a text, or the tensors of one, are read and written in another thread. */
export function isLarge(bytes: number): boolean {
  return bytes > LARGE_BYTES;
}

/** TensorFlow Serving's JSON: small texts at once, large ones in a thread of their own. */
export class RestJson {
  readonly #thread = new JsonThread();

  /** See JsonThread; throws at once what that rejects with. */
  readPredict(body: Buffer, inputsOf: (signatureName: string) => InputTypes): PredictTensors | Promise<PredictTensors> {
    if (isLarge(body.length)) return this.#thread.readPredict(body, inputsOf);
    const request = parsePredictRequest(body);
    return request.tensorsFor(inputsOf(request.signatureName));
  }

  readExamples(body: Buffer): ExamplesRequest | Promise<ExamplesRequest> {
    return isLarge(body.length) ? this.#thread.readExamples(body) : parseExamplesRequest(body);
  }

  predictResponse(format: RequestFormat, outputs: ReadonlyMap<string, OutputTensor>): Buffer | Promise<Buffer> {
    let bytes = 0;
    for (const tensor of outputs.values()) bytes += 'strings' in tensor ? tensor.strings.length : tensor.data.length;
    return isLarge(bytes) ? this.#thread.predictResponse(format, outputs) : predictResponseBody(format, outputs);
  }
}
