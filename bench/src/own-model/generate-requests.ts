import type { ModelOptions } from '../record/index.js';
import { createRandom, type Random } from '../random/index.js';
import { ELEMENT_TYPES, elementCount, type NumericTensor, type Tensor } from '../requests/index.js';
import { shapeText, type OwnRequest } from './fit-requests.js';
import type { ModelSignature, TensorInfo } from './read-model.js';

/** What a recorded file would tell: sizes of open dimensions by input, and the range of whole numbers. */
export type GenerateOptions = Pick<ModelOptions, 'dims' | 'range'> & { readonly seed: number };

const COUNT = 16;
/** Small enough for the tables of most vocabularies. */
const RANGE = [0, 9] as const;
/** A byte of an image may be anything. */
const BYTE_RANGE = [0, 255] as const;

/** Bits of the whole types, signed below zero. */
const BITS: Readonly<Record<string, number>> = {
  int8: -8,
  int16: -16,
  int32: -32,
  int64: -64,
  uint8: 8,
  uint16: 16,
  uint32: 32,
  uint64: 64,
};

/**
 * Requests for a signature, from a seed: one instance each. @throws Error that says what to give for inputs that cannot be made
 * up, and for sizes or a range that do not fit.
 */
export function generateRequests(signature: ModelSignature, options: GenerateOptions): OwnRequest[] {
  const { dims = {}, seed } = options;
  for (const alias of Object.keys(dims))
    if (!signature.inputs.some((input) => input.alias === alias))
      throw new Error(`--dims ${alias}: the signature has no such input; it has ${aliases(signature)}`);
  const random = createRandom(seed);
  return Array.from({ length: COUNT }, (_, at) => ({
    where: `generated request ${at + 1}`,
    inputs: new Map(signature.inputs.map((info) => [info.alias, tensorFor(info, random, options)])),
  }));
}

/** `from the signature: uniform numbers in [0, 1), whole numbers and strings of them from 0 to 9`, as far as it has them. */
export function generatedFrom({ inputs }: ModelSignature, { range, dims = {} }: GenerateOptions): string {
  const has = (...types: readonly string[]): boolean => inputs.some(({ dtype }) => types.includes(dtype ?? ''));
  const [low, high] = range ?? RANGE;
  const whole = Object.keys(BITS).filter((type) => type !== 'uint8' || range !== undefined);
  return [
    ...(has('float', 'double', 'half', 'bfloat16', 'complex64', 'complex128') ? ['numbers from 0 to 1'] : []),
    ...(has(...whole) ? [`whole numbers from ${low} to ${high}`] : []),
    ...(has('uint8') && range === undefined ? ['bytes'] : []),
    ...(has('string') ? [`numbers from ${low} to ${high} as text`] : []),
    ...(has('bool') ? ['truth values'] : []),
    ...Object.entries(dims).map(([alias, sizes]) => `${alias} of size ${sizes.join('x')}`),
  ].join(', ');
}

function tensorFor(info: TensorInfo, random: Random, options: GenerateOptions): Tensor {
  const { alias, dtype } = info;
  const shape = shapeFor(info, options.dims?.[alias]);
  const count = elementCount(shape);
  if (dtype === 'string') {
    const draw = wholeFrom(random, options.range ?? RANGE);
    return { dtype, shape, strings: Array.from({ length: count }, () => Buffer.from(String(draw()))) };
  }
  const data = dtype === undefined ? undefined : bytesOf(info, count, random, options);
  if (data === undefined)
    throw new Error(
      `input ${alias} is of type ${dtype ?? 'unknown'}, for which nothing can be made up: give --requests`,
    );
  return { dtype: dtype as NumericTensor['dtype'], shape, data };
}

/** The first open dimension of a shape is that of instances. */
function shapeFor({ alias, shape }: TensorInfo, sizes: readonly number[] = []): number[] {
  if (shape === null) return [1, ...sizes];
  const open = shape.filter((size, at) => size === -1 && at > 0).length;
  if (sizes.length > 1 && sizes.length !== open)
    throw new Error(`--dims ${alias}: the shape ${shapeText(shape)} has ${open} open sizes beside the first`);
  let next = 0;
  return shape.map((size, at) => {
    if (size !== -1) return size;
    if (at === 0) return 1;
    next += 1;
    return sizes[sizes.length === 1 ? 0 : next - 1] ?? 1;
  });
}

function bytesOf(info: TensorInfo, count: number, random: Random, options: GenerateOptions): Uint8Array | undefined {
  const { dtype = '' } = info;
  const { array } = ELEMENT_TYPES[dtype as Tensor['dtype']] ?? {};
  const draw = drawerFor(info, random, options);
  if (array === undefined || draw === undefined) return undefined;
  const elements = Array.from({ length: dtype.startsWith('complex') ? 2 * count : count }, draw);
  return new Uint8Array(array.from(elements).buffer);
}

/** Draws an element as it lies in memory; undefined for types of which none can be made up. */
function drawerFor(
  { alias, dtype = '' }: TensorInfo,
  random: Random,
  { range }: GenerateOptions,
): (() => number | bigint) | undefined {
  switch (dtype) {
    case 'float':
    case 'complex64':
    case 'double':
    case 'complex128':
      return () => random.unit();
    case 'half':
      // From 0.5 to 1: one exponent, any fraction.
      return () => (14 << 10) | random.below(1024);
    case 'bfloat16':
      return () => (126 << 7) | random.below(128);
    case 'bool':
      return () => random.below(2);
  }
  const bits = BITS[dtype];
  if (bits === undefined) return undefined;
  const size = Math.abs(bits);
  const [low, high] = range ?? (dtype === 'uint8' ? BYTE_RANGE : RANGE);
  const [least, most] =
    bits < 0 ? [-(2n ** BigInt(size - 1)), 2n ** BigInt(size - 1) - 1n] : [0n, 2n ** BigInt(size) - 1n];
  if (BigInt(low) < least || BigInt(high) > most)
    throw new Error(`--range ${low}..${high} does not fit input ${alias}, which is ${dtype}: ${least} to ${most}`);
  const draw = wholeFrom(random, [low, high]);
  return size === 64 ? () => BigInt(draw()) : draw;
}

/** Whole numbers from low to high. */
function wholeFrom(random: Random, [low, high]: readonly [number, number]): () => number {
  return () => low + Math.floor(random.unit() * (high - low + 1));
}

function aliases({ inputs }: ModelSignature): string {
  return inputs.map(({ alias }) => alias).join(', ');
}
