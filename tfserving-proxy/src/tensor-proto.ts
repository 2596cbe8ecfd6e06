import type { Long } from '@grpc/proto-loader';
import type { InputTensor, OutputTensor } from '@serving-study/predict-json';

/** tensorflow.TensorProto as proto-loader gives it: every field is there. */
export interface TensorProto {
  /** `DT_FLOAT` */
  readonly dtype: string;
  readonly tensor_shape: { readonly dim: readonly { readonly size: Long }[] } | null;
  readonly tensor_content: Uint8Array;
  readonly float_val: readonly number[];
  readonly double_val: readonly number[];
  readonly int_val: readonly number[];
  readonly int64_val: readonly Long[];
  readonly uint32_val: readonly number[];
  readonly uint64_val: readonly Long[];
  readonly bool_val: readonly boolean[];
  readonly string_val: readonly Uint8Array[];
}

/** Numbers go as `tensor_content`, the bytes that they have in memory: a `float_val` costs fifty times as much. */
export function protoFromTensor(tensor: InputTensor): object {
  return {
    dtype: `DT_${tensor.dtype.toUpperCase()}`,
    tensor_shape: { dim: tensor.shape.map((size) => ({ size })) },
    ...('strings' in tensor ? { string_val: tensor.strings } : { tensor_content: tensor.data }),
  };
}

/** TensorFlow Serving answers with a field for each type, or with `tensor_content` when it was started so. */
export function tensorFromProto(proto: TensorProto): OutputTensor {
  const dtype = typeName(proto.dtype);
  const shape = (proto.tensor_shape?.dim ?? []).map(({ size }) => Number(size));
  const { tensor_content: content } = proto;
  if (dtype === 'string' && content.length === 0) return { dtype, shape, strings: proto.string_val };
  if (content.length > 0) return { dtype, shape, data: Uint8Array.from(content) }; // copied: elements have to be aligned
  return { dtype, shape, data: new Uint8Array(VALUES[dtype]?.(proto).buffer ?? []) };
}

/** `DT_FLOAT` -> `float` */
export function typeName(dtype: string | number): string {
  return String(dtype).replace(/^DT_/, '').toLowerCase(); // a type newer than the message definitions is a number
}

const VALUES: Readonly<Partial<Record<string, (proto: TensorProto) => { readonly buffer: ArrayBuffer }>>> = {
  float: ({ float_val: values }) => Float32Array.from(values),
  double: ({ double_val: values }) => Float64Array.from(values),
  int8: ({ int_val: values }) => Int8Array.from(values),
  uint8: ({ int_val: values }) => Uint8Array.from(values),
  int16: ({ int_val: values }) => Int16Array.from(values),
  int32: ({ int_val: values }) => Int32Array.from(values),
  uint32: ({ uint32_val: values }) => Uint32Array.from(values),
  int64: ({ int64_val: values }) => halvesOf(values),
  uint64: ({ uint64_val: values }) => halvesOf(values),
  bool: ({ bool_val: values }) => Uint8Array.from(values, Number),
};

/** As they are in memory, the lower half first. A text or a bigint of each would cost ten times as much. */
function halvesOf(values: readonly Long[]): Int32Array<ArrayBuffer> {
  const halves = new Int32Array(2 * values.length);
  values.forEach(({ low, high }, at) => {
    halves[2 * at] = low;
    halves[2 * at + 1] = high;
  });
  return halves;
}
