import type { Reader } from 'protobufjs/minimal.js';

/** Tag of a field whose value has a length: messages, strings, bytes, packed numbers. */
export function tag(field: number): number {
  return (field << 3) | LENGTH_DELIMITED;
}

export const VARINT = 0;
export const LENGTH_DELIMITED = 2;

/** Calls `take` at every field of a message that ends at `end`; a field that it does not take (false) is passed over. */
export function readFields(reader: Reader, end: number, take: (field: number, wireType: number) => boolean): void {
  while (reader.pos < end) {
    const next = reader.uint32();
    if (!take(next >>> 3, next & 7)) reader.skipType(next & 7);
  }
}

/** Where the message ends whose length is read next. */
export function messageEnd(reader: Reader): number {
  const length = reader.uint32();
  return reader.pos + length;
}

/** A varint of 64 bits, signed: `uint64` fields differ in how the same bits are meant. */
export function readInt64(reader: Reader): bigint {
  const value = reader.int64();
  if (typeof value === 'number') return BigInt(value);
  return BigInt.asIntN(64, (BigInt(value.high) << 32n) | BigInt(value.low >>> 0));
}
