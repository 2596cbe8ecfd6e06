import { dataTypeName, loadMessages, type DataTypeName } from '@serving-study/protos';
import { ELEMENT_TYPES, elementCount, elementsOf } from '../../requests/index.js';
import type { Answer, AnswerElement } from './answer.js';

/** What protobufjs gives for a 64-bit integer. */
type Whole = number | { toNumber(): number; toString(): string };

/** The part of a decoded tensorflow.serving.PredictResponse that is read here. */
interface PredictResponse {
  readonly outputs: Readonly<Record<string, TensorProto>>;
  readonly model_spec: { readonly version: { readonly value: Whole } | null } | null;
}
/** With the typed fields of `ELEMENT_TYPES`. */
interface TensorProto {
  readonly dtype: number;
  readonly tensor_shape: { readonly dim: readonly { readonly size: Whole }[] } | null;
  readonly tensor_content: Uint8Array;
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
  const typed = dtype === undefined ? undefined : typedElements(dtype, tensor);
  if (typed === undefined)
    throw new Error(`output ${name} has dtype ${dtype ?? tensor.dtype}, which this check does not read`);
  return filled(typed, elementCount(shape) * (dtype?.startsWith('complex') === true ? 2 : 1));
}

function typedElements(dtype: DataTypeName, tensor: TensorProto): readonly AnswerElement[] | undefined {
  const { field, element } = ELEMENT_TYPES[dtype] ?? {};
  if (field === undefined) return undefined;
  const values = (tensor as unknown as Record<string, readonly (number | boolean | Uint8Array)[]>)[field] ?? [];
  return element === undefined || dtype === 'bool' ? values : values.map(element);
}

/** A typed field may stop early: its last value then stands for all that follow (tensor.proto). */
function filled(values: readonly AnswerElement[], size: number): ArrayLike<AnswerElement> {
  const last = values.at(-1);
  if (values.length === size || last === undefined) return values;
  if (size > MOST_ELEMENTS) throw new Error(`the answer claims a tensor of ${size} numbers`);
  return Array.from({ length: size }, (_, i) => values[i] ?? last);
}
