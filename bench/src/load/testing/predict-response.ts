import { loadMessages } from '@serving-study/protos';

const Response = loadMessages().lookupType('tensorflow.serving.PredictResponse');

/** An encoded PredictResponse of one output of floats; `fields` change its tensor. */
export function predictResponse(values: readonly number[], fields: object = {}, version = 1): Buffer {
  const scores = {
    dtype: 'DT_FLOAT',
    tensor_shape: { dim: [{ size: 1 }, { size: values.length }] },
    float_val: values,
    ...fields,
  };
  const message = { outputs: { scores }, model_spec: { name: 'm', version: { value: version } } };
  return Buffer.from(Response.encode(Response.fromObject(message)).finish());
}
