import { WIRE, type WireReader } from './wire-reader.js';

/** Most dimensions a TensorFlow shape can have. */
const MAX_RANK = 254;
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Reads a TensorShapeProto behind the dimensions that another one of the same tensor gave already. Undefined when
 * TensorShape::IsValid refuses it: a negative size, more than 254 dimensions, or a number of elements that overflows.
 * `unknown_rank` and names of dimensions do not count.
 */
export function readShape(reader: WireReader, before: readonly number[] | undefined): readonly number[] | undefined {
  const shape: number[] = [...(before ?? [])];
  let valid = before !== undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((2 << 3) | WIRE.bytes)) {
      const size = readSize(reader.message());
      if (size < 0) valid = false;
      else if (shape.length <= MAX_RANK) shape.push(size);
    } else reader.skip(tag);
  }
  return valid && shape.length <= MAX_RANK && !overflows(shape) ? shape : undefined;
}

function readSize(reader: WireReader): number {
  let size = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | WIRE.varint)) size = reader.int64AsNumber();
    else if (tag === ((2 << 3) | WIRE.bytes)) reader.text();
    else reader.skip(tag);
  }
  return size;
}

function overflows(shape: readonly number[]): boolean {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (count > Number.MAX_SAFE_INTEGER) return overflowsExactly(shape);
  }
  return false;
}

/** TensorFlow multiplies from the left: a later 0 does not heal an overflow. */
function overflowsExactly(shape: readonly number[]): boolean {
  let count = 1n;
  for (const size of shape) {
    count *= BigInt(size);
    if (count > INT64_MAX) return true;
  }
  return false;
}
