import { setImmediate } from 'node:timers/promises';
import type { CApi, Pointer } from './c-api.js';

/**
 * TensorFlow keeps a string element as a 24-byte `TF_TString` (tsl/platform/ctstring_internal.h, little-endian):
 *
 * | kind (low 2 bits of byte 0) | layout |
 * | --- | --- |
 * | 0 small | byte 0 >> 2 = length, then up to 22 bytes inline |
 * | 1 large | u64 length << 2 or kind, u64 capacity, u64 pointer |
 * | 2 offset | u32 length << 2 or kind, u32 offset from the element's own address |
 * | 3 view | u64 length << 2 or kind, u64 pointer |
 */
export const TSTRING_BYTES = 24;

/** Longest string that fits inside its element. */
const SMALL_BYTES = 22;
const OFFSET = 2;
const VIEW = 3;

/** So many strings are copied at a time, some ten milliseconds; others have their turn between. */
const PIECE = 16_384;

/**
 * Writes `strings` into the data of a fresh string tensor at `base`. Short ones are laid out here and copied in one go;
 * TensorFlow allocates the others itself, and frees them with the tensor. A promise when they are many.
 */
export function writeStrings(api: CApi, base: Pointer, strings: readonly Uint8Array[]): void | Promise<void> {
  return inPieces(strings.length, (from, to) => {
    const start = base + from * TSTRING_BYTES;
    const piece = strings.slice(from, to);
    const elements = Buffer.alloc(piece.length * TSTRING_BYTES);
    piece.forEach((text, index) => {
      if (text.length > SMALL_BYTES) return;
      elements[index * TSTRING_BYTES] = text.length << 2;
      elements.set(text, index * TSTRING_BYTES + 1);
    });
    api.copyIn(start, elements, elements.length);
    piece.forEach((text, index) => {
      if (text.length > SMALL_BYTES) api.stringCopy(start + index * TSTRING_BYTES, text, text.length);
    });
  });
}

/** Copies the elements of a string tensor whose data starts at `base` out of native memory. A promise when they are many. */
export function readStrings(api: CApi, base: Pointer, count: number): Uint8Array[] | Promise<Uint8Array[]> {
  const strings: Uint8Array[] = [];
  const reading = inPieces(count, (from, to) => {
    const start = base + from * TSTRING_BYTES;
    const elements = Buffer.alloc((to - from) * TSTRING_BYTES);
    api.copyOut(elements, start, elements.length);
    for (let at = 0; at < elements.length; at += TSTRING_BYTES) strings.push(readString(api, elements, start, at));
  });
  return reading === undefined ? strings : reading.then(() => strings);
}

function inPieces(count: number, copy: (from: number, to: number) => void): void | Promise<void> {
  if (count > PIECE) return inTurns(count, copy);
  if (count > 0) copy(0, count);
}

async function inTurns(count: number, copy: (from: number, to: number) => void): Promise<void> {
  for (let from = 0; from < count; from += PIECE) {
    await setImmediate();
    copy(from, Math.min(count, from + PIECE));
  }
}

function readString(api: CApi, elements: Buffer, base: Pointer, at: number): Uint8Array {
  const kind = elements[at]! & 3;
  if (kind === 0) return new Uint8Array(elements.subarray(at + 1, at + 1 + (elements[at]! >> 2)));
  const length = kind === OFFSET ? elements.readUInt32LE(at) >>> 2 : Number(elements.readBigUInt64LE(at) >> 2n);
  const pointer = pointerOf(elements, kind, base, at);
  const text = new Uint8Array(length);
  if (length > 0) api.copyOut(text, pointer, length);
  return text;
}

function pointerOf(elements: Buffer, kind: number, base: Pointer, at: number): Pointer {
  if (kind === OFFSET) return base + at + elements.readUInt32LE(at + 4);
  return Number(elements.readBigUInt64LE(at + (kind === VIEW ? 8 : 16)));
}
