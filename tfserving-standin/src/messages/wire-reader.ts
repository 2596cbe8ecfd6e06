import { isUtf8 } from 'node:buffer';
import { MalformedMessage } from './malformed-message.js';

/** Low three bits of a tag: how the value is written. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/** protobuf's own limit of nested messages and groups. */
const MAX_DEPTH = 100;

/**
 * A cursor over protobuf's wire format that refuses what TensorFlow Serving's C++ parser refuses (field number 0, lone
 * end of group, varints over ten bytes, text that is not UTF-8, anything cut short) with MalformedMessage. A known field
 * with another wire type than declared is an unknown field: `tag()` returns number and wire type together, callers
 * compare both and `skip()` the rest.
 */
export class WireReader {
  readonly #bytes: Buffer;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = start;
    this.#end = end;
  }

  /** The next field's number * 8 + wire type, or 0 at the end. */
  tag(): number {
    if (this.#at >= this.#end) return 0;
    const tag = this.#smallVarint();
    if (tag < 8) throw new MalformedMessage('field number 0');
    return tag;
  }

  atEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** The low 32 bits of a varint, as an int32: negative numbers take ten bytes on the wire. */
  int32(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      if (shift < 35) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new MalformedMessage('varint over ten bytes');
  }

  /** An int64 varint. */
  int64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new MalformedMessage('varint over ten bytes');
  }

  /** An int64 varint as a number, which is exact up to 2^53: for sizes, where a bigint each would cost more than the rest. */
  int64AsNumber(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= (bits & 1) << 31;
      if (byte < 0x80) return high * 2 ** 32 + (low >>> 0);
    }
    throw new MalformedMessage('varint over ten bytes');
  }

  /** A length-delimited field, not copied. */
  bytes(): Buffer {
    const end = this.#lengthDelimited();
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  /** A length-delimited field as a reader of its own. */
  message(): WireReader {
    const end = this.#lengthDelimited();
    const reader = new WireReader(this.#bytes, this.#at, end);
    this.#at = end;
    return reader;
  }

  /** A string field, which proto3 wants to be UTF-8. */
  text(): string {
    const end = this.#lengthDelimited();
    const start = this.#at;
    this.#at = end;
    let bits = 0;
    for (let at = start; at < end; at += 1) bits |= this.#bytes[at] ?? 0;
    if (bits < 0x80) return this.#bytes.toString('latin1', start, end);
    if (!isUtf8(this.#bytes.subarray(start, end))) throw new MalformedMessage('string field is not UTF-8');
    return this.#bytes.toString('utf8', start, end);
  }

  /** The bytes of a fixed32 (4) or fixed64 (8) field, not copied. */
  fixed(size: 4 | 8): Buffer {
    this.#need(size);
    const bytes = this.#bytes.subarray(this.#at, this.#at + size);
    this.#at += size;
    return bytes;
  }

  /** The bytes of one varint as they are, not copied. */
  rawVarint(): Buffer {
    const start = this.#at;
    this.#skipVarint();
    return this.#bytes.subarray(start, this.#at);
  }

  /** Passes over the value that belongs to `tag`. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case WIRE.varint:
        this.#skipVarint();
        return;
      case WIRE.fixed64:
        this.fixed(8);
        return;
      case WIRE.bytes:
        this.#at = this.#lengthDelimited();
        return;
      case WIRE.startGroup:
        this.#skipGroup(tag >>> 3, depth + 1);
        return;
      case WIRE.fixed32:
        this.fixed(4);
        return;
      default:
        throw new MalformedMessage('end of a group that was not started, or an unknown wire type');
    }
  }

  #skipGroup(number: number, depth: number): void {
    if (depth > MAX_DEPTH) throw new MalformedMessage('nested too deep');
    for (let tag = this.tag(); tag !== 0; tag = this.tag()) {
      if ((tag & 7) !== WIRE.endGroup) this.skip(tag, depth);
      else if (tag >>> 3 === number) return;
      else throw new MalformedMessage('end of another group');
    }
    throw new MalformedMessage('group without an end');
  }

  #lengthDelimited(): number {
    const length = this.#smallVarint();
    this.#need(length);
    return this.#at + length;
  }

  /** A varint of up to five bytes that fits 32 bits: tags and lengths. */
  #smallVarint(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new MalformedMessage('tag or length over 32 bits');
  }

  #skipVarint(): void {
    for (let length = 1; length <= 10; length += 1) if (this.#byte() < 0x80) return;
    throw new MalformedMessage('varint over ten bytes');
  }

  #byte(): number {
    this.#need(1);
    const byte = this.#bytes[this.#at];
    this.#at += 1;
    return byte ?? 0;
  }

  #need(size: number): void {
    if (size > this.#end - this.#at) throw new MalformedMessage('cut short');
  }
}
