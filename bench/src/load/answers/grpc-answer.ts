import { dataTypeName, loadMessages, type DataTypeName } from '@serving-study/protos';
import { bfloat16Value, halfValue } from '../../requests/tensor.js';
import { elementCount, elementsOf } from '../../requests/index.js';
import type { Answer, AnswerElement } from './answer.js';

/** What protobufjs gives for a 64-bit integer. */
type Whole = number | { toNumber(): number; toString(): string };

/** The part of a decoded tensorflow.serving.PredictResponse that is read here. */
interface PredictResponse {
  readonly outputs: Readonly<Record<string, TensorProto>>;
  readonly model_spec: { readonly version: { readonly value: Whole } | null } | null;
}
interface TensorProto {
  readonly dtype: number;
  readonly tensor_shape: { readonly dim: readonly { readonly size: Whole }[] } | null;
  readonly tensor_content: Uint8Array;
  readonly float_val: readonly number[];
  readonly double_val: readonly number[];
  readonly int_val: readonly number[];
  readonly half_val: readonly number[];
  readonly bool_val: readonly boolean[];
  readonly uint32_val: readonly number[];
  readonly int64_val: readonly Whole[];
  readonly uint64_val: readonly Whole[];
  readonly string_val: readonly Uint8Array[];
  readonly scomplex_val: readonly number[];
  readonly dcomplex_val: readonly number[];
}

/** A shape of a few bytes can claim any size. */
const MOST_ELEMENTS = 2 ** 26;

/** Reads an encoded PredictResponse: tensor_content as well as the typed fields, which TensorFlow Serving itself uses. */
export function readGrpcAnswer(body: Buffer): Answer {
  const decoded: unknown = loadMessages().lookupType('tensorflow.serving.PredictResponse').decode(body);
  const { outputs, model_spec: spec } = decoded as PredictResponse;
  const version = spec?.version?.value;
  return {
    outputs: new Map(Object.entries(outputs).map(([name, tensor]) => [name, elementsIn(name, tensor)])),
    version: version === undefined ? 0 : Number(version),
  };
}

function elementsIn(name: string, tensor: TensorProto): ArrayLike<AnswerElement> {
  const shape = (tensor.tensor_shape?.dim ?? []).map(({ size }) => Number(size));
  const dtype = dataTypeName(tensor.dtype);
  if (dtype !== undefined && dtype !== 'string' && tensor.tensor_content.length > 0)
    return elementsOf({ dtype, shape, data: tensor.tensor_content });
  const typed = dtype === undefined ? undefined : typedField(dtype, tensor);
  if (typed === undefined)
    throw new Error(`output ${name} has dtype ${dtype ?? tensor.dtype}, which this check does not read`);
  return filled(typed, elementCount(shape) * (dtype?.startsWith('complex') === true ? 2 : 1));
}

function typedField(dtype: DataTypeName, tensor: TensorProto): readonly AnswerElement[] | undefined {
  switch (dtype) {
    case 'float':
      return tensor.float_val;
    case 'double':
      return tensor.double_val;
    case 'half':
      return tensor.half_val.map(halfValue);
    case 'bfloat16':
      return tensor.half_val.map(bfloat16Value);
    case 'int64':
      return tensor.int64_val.map((value) => BigInt(value.toString()));
    case 'uint64':
      return tensor.uint64_val.map((value) => BigInt(value.toString()));
    case 'uint32':
      return tensor.uint32_val.map(BigInt);
    case 'bool':
      return tensor.bool_val;
    case 'string':
      return tensor.string_val;
    case 'complex64':
      return tensor.scomplex_val;
    case 'complex128':
      return tensor.dcomplex_val;
    case 'int32':
    case 'int16':
    case 'int8':
    case 'uint16':
    case 'uint8':
      return tensor.int_val.map(BigInt);
    default:
      return undefined;
  }
}

/** A typed field may stop early: its last value then stands for all that follow (tensor.proto). */
function filled(values: readonly AnswerElement[], size: number): ArrayLike<AnswerElement> {
  const last = values.at(-1);
  if (values.length === size || last === undefined) return values;
  if (size > MOST_ELEMENTS) throw new Error(`the answer claims a tensor of ${size} numbers`);
  return Array.from({ length: size }, (_, i) => values[i] ?? last);
}
