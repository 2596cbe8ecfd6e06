import { loadMessages } from '@serving-study/protos';
import { jsonFromFloat32 } from './json-number.js';

/** The bytes of a right answer, as a server would send them: `values` row by row, in `batch` rows. */
export function prepareAnswer(protocol: 'rest' | 'grpc', values: Float32Array, batch: number): Buffer {
  const columns = values.length / batch;
  if (protocol === 'rest') {
    const rows = Array.from({ length: batch }, (_, row) => {
      const numbers = Array.from(values.subarray(row * columns, (row + 1) * columns), jsonFromFloat32);
      return `[${numbers.join(', ')}]`;
    });
    return Buffer.from(`{\n    "predictions": [${rows.join(', ')}]\n}`);
  }
  const type = loadMessages().lookupType('tensorflow.serving.PredictResponse');
  const output = {
    dtype: 1,
    tensor_shape: { dim: [{ size: batch }, { size: columns }] },
    float_val: Array.from(values),
  };
  return Buffer.from(type.encode(type.create({ outputs: { output } })).finish());
}
