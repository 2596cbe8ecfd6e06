import { parseExamplesRequest } from '../examples-request.js';
import { JsonRequestError } from '../json-request-error.js';
import type { PredictRequestBody } from '../predict-request-body.js';
import { parsePredictRequest } from '../predict-request.js';
import { predictResponseBody } from '../predict-response.js';
import { answerWork, type Outcome } from './answer-work.js';
import type { JsonRefusal, JsonResults, JsonWork } from './json-work.js';
import { packed } from './packed-strings.js';
import { memoryOf, owned, packedTensor, unpackedTensor } from './packed-tensor.js';

/** The request that was read last, until its tensors are asked for. */
let request: PredictRequestBody | undefined;

answerWork(outcomeOf, (error): JsonRefusal | undefined =>
  error instanceof JsonRequestError ? { code: error.code, statusBytes: error.statusBytes } : undefined,
);

function outcomeOf(work: JsonWork): Outcome<JsonResults[keyof JsonResults]> {
  switch (work.kind) {
    case 'request':
      request = undefined; // that one's memory is not needed beside this one's
      request = parsePredictRequest(work.body);
      return { result: request.signatureName };
    case 'tensors': {
      if (request === undefined) throw new Error('there is no request');
      const { format, tensors } = request.tensorsFor(work.inputs);
      request = undefined;
      const result = new Map(
        [...tensors].map(([alias, tensor]) => [alias, tensor === undefined ? undefined : packedTensor(tensor)]),
      );
      const memory = [...result.values()].flatMap((tensor) => (tensor === undefined ? [] : memoryOf(tensor)));
      return { result: { format, tensors: result }, memory };
    }
    case 'examples': {
      const { signatureName, examples, context } = parseExamplesRequest(work.body);
      const strings = packed(examples);
      return {
        result: { signatureName, examples: strings, context },
        memory: [strings.bytes.buffer, strings.lengths.buffer],
      };
    }
    case 'response': {
      const outputs = new Map([...work.outputs].map(([alias, tensor]) => [alias, unpackedTensor(tensor)]));
      // a large text has memory of its own, with room behind it
      const text = predictResponseBody(work.format, outputs);
      const result = owned(text, text.buffer);
      return { result, memory: [result.buffer] };
    }
  }
}
