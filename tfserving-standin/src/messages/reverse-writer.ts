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
    this.#reserve(10);
    // The upper 8 bits, the middle 28, the lower 28.
    const upper = unsignedHigh >>> 24;
    const last = upper < 0x80 ? [upper] : [(upper & 0x7f) | 0x80, upper >>> 7];
    this.#at -= 8 + last.length;
    let at = this.#at;
    const middle = ((unsignedHigh & 0xffffff) << 4) | (unsignedLow >>> 28);
    for (const part of [unsignedLow & 0xfffffff, middle])
      for (let shift = 0; shift < 28; shift += 7) this.#buffer[at++] = ((part >>> shift) & 0x7f) | 0x80;
    for (const byte of last) this.#buffer[at++] = byte;
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
