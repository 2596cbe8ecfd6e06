import { WIRE } from './wire-reader.js';

/**
 * Writes a protobuf message from its end to its start: when the tag of a nested message is due, its length is known, so
 * nothing is measured beforehand and nothing is copied twice. Fields come out in the opposite order of the calls.
 */
export class ReverseWriter {
  #buffer: Buffer;
  #at: number;

  /** @param capacityBytes a guess of the size; it grows when the guess is too small */
  constructor(capacityBytes: number) {
    this.#buffer = Buffer.allocUnsafe(capacityBytes);
    this.#at = capacityBytes;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#buffer.length - this.#at;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#at -= bytes.length;
    this.#buffer.set(bytes, this.#at);
  }

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    this.#reserve(10);
    if (value < 0x80) {
      this.#at -= 1;
      this.#buffer[this.#at] = value;
      return;
    }
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
    this.#at -= size;
    let rest = value;
    for (let place = 0; place < size - 1; place += 1) {
      this.#buffer[this.#at + place] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#at + size - 1] = rest;
  }

  /** The 64 bits of an int64 or uint64, given as two halves. */
  varint64(low: number, high: number): void {
    const [unsignedLow, unsignedHigh] = [low >>> 0, high >>> 0];
    if (unsignedHigh < 0x200000) {
      this.varint(unsignedHigh * 0x100000000 + unsignedLow);
      return;
    }
    // Seven bits at a time: 28 from the low half, 4 + 24 around the middle, the upper 8 at the end.
    this.#reserve(10);
    const upper = unsignedHigh >>> 24;
    const size = upper === 0 ? 8 : upper < 0x80 ? 9 : 10;
    this.#at -= size;
    const middle = ((unsignedHigh & 0xffffff) << 4) | (unsignedLow >>> 28);
    for (let place = 0; place < size; place += 1) {
      const part =
        place < 4
          ? unsignedLow >>> (7 * place)
          : place < 8
            ? middle >>> (7 * (place - 4))
            : upper >>> (7 * (place - 8));
      this.#buffer[this.#at + place] = (part & 0x7f) | (place === size - 1 ? 0 : 0x80);
    }
  }

  int64(value: bigint): void {
    this.varint64(Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n)));
  }

  fixed32(float: number): void {
    this.#reserve(4);
    this.#at -= 4;
    this.#buffer.writeFloatLE(float, this.#at);
  }

  tag(field: number, wire: (typeof WIRE)[keyof typeof WIRE]): void {
    this.varint(field * 8 + wire);
  }

  /** A field of bytes or text, also when it is empty. */
  bytes(field: number, bytes: Uint8Array): void {
    this.raw(bytes);
    this.varint(bytes.length);
    this.tag(field, WIRE.bytes);
  }

  text(field: number, text: string): void {
    const before = this.length;
    const size = Buffer.byteLength(text);
    this.#reserve(size);
    this.#at -= size;
    this.#buffer.write(text, this.#at);
    this.endMessage(field, before);
  }

  /** Writes the length and the tag of a nested message whose fields were written since `length` was `before`. */
  endMessage(field: number, before: number): void {
    this.varint(this.length - before);
    this.tag(field, WIRE.bytes);
  }

  finish(): Buffer {
    return this.#buffer.subarray(this.#at);
  }

  #reserve(bytes: number): void {
    if (this.#at >= bytes) return;
    const grown = Buffer.allocUnsafe(this.#buffer.length * 2 + bytes);
    const at = grown.length - this.length;
    this.#buffer.copy(grown, at, this.#at);
    this.#buffer = grown;
    this.#at = at;
  }
}
