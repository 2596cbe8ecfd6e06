import {
  answerWork,
  memoryOf,
  owned,
  packed,
  packedTensor,
  unpackedTensor,
  type Outcome,
} from '@serving-study/tfserving-json';
import type { TensorValue } from '@serving-study/runtime';
import { StatusError } from '../../status-error.js';
import { readExampleRequest, readMultiInferenceRequest } from '../inference-messages.js';
import { MalformedMessage } from '../malformed-message.js';
import { readPredictRequest, writePredictResponse, type PredictRequestMessage } from '../predict-messages.js';
import type { MessageRefusal, MessageResults, MessageWork } from './message-work.js';

/** The request that was read last, until its tensors are asked for: they are slices of its memory. */
let request: { readonly inputs: PredictRequestMessage['inputs']; readonly memory: ArrayBuffer } | undefined;

answerWork(outcomeOf, (error): MessageRefusal | undefined => {
  if (error instanceof StatusError) return { code: error.code, text: error.message };
  return error instanceof MalformedMessage ? { code: undefined, text: error.message } : undefined;
});

function outcomeOf(work: MessageWork): Outcome<MessageResults[keyof MessageResults]> {
  switch (work.kind) {
    case 'predict': {
      request = undefined; // that one's memory is not needed beside this one's
      const { model, inputs, outputFilter } = readPredictRequest(work.bytes);
      request = { inputs, memory: work.bytes.buffer };
      return { result: { model, aliases: [...inputs.keys()], outputFilter } };
    }
    case 'tensors': {
      if (request === undefined) throw new Error('there is no request');
      const { inputs, memory: own } = request;
      request = undefined;
      const tensors = work.aliases.map((alias) => [alias, inputs.get(alias)?.()] as const);
      const result = new Map(
        tensors.map(([alias, tensor]) => [alias, tensor === undefined ? undefined : packedTensor(tensor, own)]),
      );
      const memory = [...result.values()].flatMap((tensor) => (tensor === undefined ? [] : memoryOf(tensor)));
      return { result, memory: new Set(memory) };
    }
    case 'examples': {
      const { model, examples } = readExampleRequest(work.bytes);
      const strings = packed(examples);
      return { result: { model, examples: strings }, memory: [strings.bytes.buffer, strings.lengths.buffer] };
    }
    case 'multi inference': {
      const { tasks, examples } = readMultiInferenceRequest(work.bytes);
      const strings = packed(examples);
      return { result: { tasks, examples: strings }, memory: [strings.bytes.buffer, strings.lengths.buffer] };
    }
    case 'response': {
      const outputs = new Map(
        [...work.outputs].map(([alias, tensor]) => [alias, unpackedTensor(tensor) as TensorValue]),
      );
      // a large message has memory of its own, with room before it
      const message = writePredictResponse({ ...work.response, outputs }, work.asContent);
      const result = owned(message, message.buffer);
      return { result, memory: [result.buffer] };
    }
  }
}
