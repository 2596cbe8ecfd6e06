import type { CApi, Pointer } from './c-api.js';

/** Every platform that TensorFlow's wheels are for has 64-bit little-endian pointers. */
export const POINTER_BYTES = 8;

/** Element of an array of pointers that native code has written. */
export function pointerAt(pointers: Buffer, index: number): Pointer {
  return Number(pointers.readBigUInt64LE(index * POINTER_BYTES));
}

/** Copies what a `TF_Buffer { const void* data; size_t length; ... }` holds. */
export function readBuffer(api: CApi, buffer: Pointer): Uint8Array {
  const fields = Buffer.alloc(2 * POINTER_BYTES);
  api.copyOut(fields, buffer, fields.length);
  const bytes = new Uint8Array(pointerAt(fields, 1));
  if (bytes.length > 0) api.copyOut(bytes, pointerAt(fields, 0), bytes.length);
  return bytes;
}
