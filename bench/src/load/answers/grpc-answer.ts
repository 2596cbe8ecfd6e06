import { dataTypeName, loadMessages } from '@serving-study/protos';
import type { Answer } from './answer.js';

/** The part of a decoded tensorflow.serving.PredictResponse that is read here. */
interface PredictResponse {
  readonly outputs: Readonly<Record<string, TensorProto>>;
  readonly model_spec: { readonly version: { readonly value: number | { toNumber(): number } } | null } | null;
}
interface TensorProto {
  readonly dtype: number;
  readonly tensor_shape: { readonly dim: readonly { readonly size: number | { toNumber(): number } }[] } | null;
  readonly tensor_content: Uint8Array;
  readonly float_val: readonly number[];
  readonly double_val: readonly number[];
  readonly int_val: readonly number[];
  readonly int64_val: readonly (number | { toNumber(): number })[];
}

/** A shape of a few bytes can claim any size. */
const MOST_NUMBERS = 2 ** 26;

/** Reads an encoded PredictResponse: tensor_content as well as the typed fields, which TensorFlow Serving itself uses. */
export function readGrpcAnswer(body: Buffer): Answer {
  const decoded: unknown = loadMessages().lookupType('tensorflow.serving.PredictResponse').decode(body);
  const response = decoded as PredictResponse;
  const parts = Object.entries(response.outputs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, tensor]) => tensorValues(name, tensor));
  const values = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  const version = response.model_spec?.version?.value;
  return { values, version: version === undefined ? 0 : toNumber(version) };
}

function tensorValues(name: string, tensor: TensorProto): ArrayLike<number> {
  const size = (tensor.tensor_shape?.dim ?? []).reduce((product, dim) => product * toNumber(dim.size), 1);
  const type = dataTypeName(tensor.dtype);
  // A copy: the content may begin at an address that a typed array cannot, and absent it is a plain empty array.
  const content = new Uint8Array(tensor.tensor_content);
  const bytes = content.buffer;
  switch (type) {
    case 'float':
      return content.length > 0 ? new Float32Array(bytes) : filled(tensor.float_val, size);
    case 'double':
      return content.length > 0 ? new Float64Array(bytes) : filled(tensor.double_val, size);
    case 'int32':
      return content.length > 0 ? new Int32Array(bytes) : filled(tensor.int_val, size);
    case 'int64':
      return content.length > 0
        ? Array.from(new BigInt64Array(bytes), Number)
        : filled(tensor.int64_val.map(toNumber), size);
    default:
      throw new Error(`output ${name} has dtype ${type ?? tensor.dtype}, which this check does not read`);
  }
}

/** A typed field may stop early: its last value then stands for all that follow (tensor.proto). */
function filled(values: readonly number[], size: number): ArrayLike<number> {
  const last = values.at(-1);
  if (values.length === size || last === undefined) return values;
  if (size > MOST_NUMBERS) throw new Error(`the answer claims a tensor of ${size} numbers`);
  return Array.from({ length: size }, (_, i) => values[i] ?? last);
}

function toNumber(value: number | { toNumber(): number }): number {
  return typeof value === 'number' ? value : value.toNumber();
}
