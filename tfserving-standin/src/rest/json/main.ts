import { parentPort } from 'node:worker_threads';
import {
  JsonRequestError,
  parseExamplesRequest,
  parsePredictRequest,
  predictResponseBody,
  type PredictRequestBody,
} from '@serving-study/tfserving-json';
import type { Reply, Results, Work } from './json-work.js';
import { packed } from './packed-strings.js';
import { memoryOf, owned, packedTensor, unpackedTensor } from './packed-tensor.js';

/** The request that was read last, until its tensors are asked for. */
let request: PredictRequestBody | undefined;

interface Outcome {
  readonly result: Results[keyof Results];
  readonly memory: readonly ArrayBuffer[];
}

function outcomeOf(work: Work): Outcome {
  switch (work.kind) {
    case 'request':
      request = parsePredictRequest(work.body);
      return { result: request.signatureName, memory: [] };
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
      const { buffer, byteOffset, length } = predictResponseBody(work.format, outputs);
      // A large text has memory of its own.
      const own =
        buffer instanceof ArrayBuffer && byteOffset === 0
          ? buffer
          : owned(Buffer.from(buffer, byteOffset, length)).buffer;
      return { result: { buffer: own, length }, memory: [own] };
    }
  }
}

parentPort?.on('message', (work: Work) => {
  const reply = (message: Reply, memory: readonly ArrayBuffer[] = []): void => {
    parentPort?.postMessage(message, memory);
  };
  try {
    const { result, memory } = outcomeOf(work);
    reply({ result }, memory);
  } catch (error) {
    request = undefined;
    if (error instanceof JsonRequestError) reply({ refusal: { code: error.code, statusBytes: error.statusBytes } });
    else reply({ fault: error instanceof Error ? error.message : String(error) });
  }
});
