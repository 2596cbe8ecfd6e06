import type { Condition } from '../record/index.js';
import type { PreparedRequest } from './golden.js';
import { columnsText, rowsText } from './json-tensors.js';
import { predictRequestBytes, type PredictRequestParts } from './tensor-proto.js';
import type { Tensors } from './tensor.js';

/** A predict request as it goes on the wire. @throws Error for what JSON has no words for. */
export function requestBytes(
  spec: Omit<PredictRequestParts, 'inputs' | 'form'>,
  payload: Exclude<Condition['payload'], 'base64'>,
  inputs: Tensors,
  format: PreparedRequest['format'],
): Buffer {
  if (payload !== 'json') return predictRequestBytes({ ...spec, inputs, form: payload });
  const named = spec.signature === 'serving_default' ? '' : `"signature_name":${JSON.stringify(spec.signature)},`;
  return Buffer.from(`{${named}${format === 'row' ? rowsText(inputs) : columnsText(inputs)}}`);
}
