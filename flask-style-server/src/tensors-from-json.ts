import type { Signature, SignatureTensor } from '@serving-study/runtime';
import { serviceError, type PredictRequest } from '@serving-study/serving-kit';
import type { Tensor, Tensors } from './model.js';

/**
 * The model's inputs out of a request. dtypes come from the signature, shapes from the nesting of the lists alone: whether a
 * shape suits the graph is TensorFlow's to say, as in TensorFlow Serving.
 */
export function tensorsFromJson(request: PredictRequest, { inputs }: Signature): Tensors {
  const [onlyAlias, ...others] = inputs.keys();
  const given = columns(request, onlyAlias !== undefined && others.length === 0 ? onlyAlias : undefined);
  const wanted = [...inputs.keys()].sort();
  if (
    given === undefined ||
    wanted.some((alias) => !given.has(alias)) ||
    (request.format === 'row' && given.size !== wanted.length)
  )
    throw serviceError('wrong-inputs', [...(given?.keys() ?? [])].sort(), wanted);
  return new Map([...inputs].map(([alias, info]) => [alias, tensorFromJson(alias, given.get(alias), info)]));
}

/** One nested list for each input, whichever the format; undefined when the request names no inputs but has to. */
function columns(request: PredictRequest, onlyAlias: string | undefined): Map<string, unknown> | undefined {
  const whole = request.format === 'row' ? request.instances : request.inputs;
  const first = request.format === 'row' ? request.instances[0] : request.inputs;
  if (!isNamed(first)) return onlyAlias === undefined ? undefined : new Map([[onlyAlias, whole]]);
  if (request.format === 'columnar') return new Map(Object.entries(first));
  const aliases = Object.keys(first);
  for (const row of request.instances) {
    const keys = isNamed(row) ? Object.keys(row) : [];
    if (keys.length !== aliases.length || aliases.some((alias) => !keys.includes(alias)))
      throw serviceError('wrong-inputs', keys, aliases);
  }
  return new Map(aliases.map((alias) => [alias, request.instances.map((row) => (row as typeof first)[alias])]));
}

/** An object that names inputs, as opposed to `{"b64": "..."}`, which is one string. */
function isNamed(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && base64Of(value) === undefined;
}

function base64Of(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('b64' in value) || typeof value.b64 !== 'string')
    return undefined;
  return Object.keys(value).length === 1 ? value.b64 : undefined;
}

function tensorFromJson(alias: string, json: unknown, info: SignatureTensor): Tensor {
  const shape: number[] = [];
  for (let level = json; Array.isArray(level); level = level[0]) shape.push(level.length);
  const read = READERS[info.dtype ?? ''];
  if (read === undefined)
    throw serviceError('wrong-shape', alias, `this server cannot feed values of type ${info.dtype ?? 'unknown'}`);
  const values = read.allocate(shape.reduce((count, size) => count * size, 1));
  let next = 0;
  const fill = (value: unknown, level: number): void => {
    if (level === shape.length) {
      const element = read.element(value);
      if (element === undefined) throw serviceError('wrong-type', alias, value, info.dtype ?? '');
      values[next++] = element;
      return;
    }
    if (!Array.isArray(value) || value.length !== shape[level])
      throw serviceError(
        'wrong-shape',
        alias,
        `the lists are ragged: expected ${String(shape[level])} elements at level ${level}`,
      );
    for (const entry of value) fill(entry, level + 1);
  };
  fill(json, 0);
  return { shape, values: values as Tensor['values'] };
}

interface Reader {
  allocate(length: number): Record<number, number | Uint8Array>;
  /** Undefined when the value is not of this type. */
  element(value: unknown): number | Uint8Array | undefined;
}

const integer = (from: number, to: number): Reader => ({
  allocate: (length) => new Int32Array(length),
  element: (value) =>
    Number.isInteger(value) && Number(value) >= from && Number(value) <= to ? Number(value) : undefined,
});

/** By dtype. The binding's only integers are 32 bits wide, so a larger int64 is refused rather than cut. */
const READERS: Record<string, Reader> = {
  float: {
    allocate: (length) => new Float32Array(length),
    element: (value) => (typeof value === 'number' ? value : undefined),
  },
  int32: integer(-(2 ** 31), 2 ** 31 - 1),
  int64: integer(-(2 ** 31), 2 ** 31 - 1),
  uint8: integer(0, 255),
  bool: {
    allocate: (length) => new Uint8Array(length),
    element: (value) => (typeof value === 'boolean' ? Number(value) : undefined),
  },
  string: {
    allocate: (length) => new Array<Uint8Array>(length),
    element: (value) => {
      if (typeof value === 'string') return Buffer.from(value);
      const base64 = base64Of(value);
      return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
    },
  },
};
