import { columnsText, rowsText } from './json-tensors.js';
import { predictResponseBytes } from './tensor-proto.js';
import type { PreparedRequest } from './golden.js';

/** The bytes of a right answer to a request, as a server would send them. */
export function prepareAnswer(
  protocol: 'rest' | 'grpc',
  { outputs, format }: Pick<PreparedRequest, 'outputs' | 'format'>,
): Buffer {
  const tensors = new Map(outputs.map(({ name, tensor }) => [name, tensor]));
  if (protocol === 'grpc') return predictResponseBytes(tensors);
  const text =
    format === 'row'
      ? rowsText(tensors).replace('"instances":', '"predictions": ')
      : columnsText(tensors).replace('"inputs":', '"outputs": ');
  return Buffer.from(`{\n    ${text}\n}`);
}
