import type { OutputTensor } from '../tensor-values.js';
import type { JsonTensor } from '../tensor.js';
import { packed, unpacked, type PackedStrings } from './packed-strings.js';

/** A tensor on its way to another thread, which owns its memory then. */
export interface PackedTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly content: Uint8Array<ArrayBuffer> | PackedStrings;
}

/** Takes the tensor's memory away where it is the tensor's alone, or `own`: it must not be used any more. */
export function packedTensor(tensor: OutputTensor, own?: ArrayBufferLike): PackedTensor {
  const { dtype, shape } = tensor;
  return { dtype, shape, content: 'strings' in tensor ? packed(tensor.strings) : owned(tensor.data, own) };
}

export function unpackedTensor({ dtype, shape, content }: PackedTensor): JsonTensor {
  return (
    content instanceof Uint8Array ? { dtype, shape, data: content } : { dtype, shape, strings: unpacked(content) }
  ) as JsonTensor;
}

/** What can be transferred of it. */
export function memoryOf({ content }: PackedTensor): readonly ArrayBuffer[] {
  return content instanceof Uint8Array ? [content.buffer] : [content.bytes.buffer, content.lengths.buffer];
}

/** The same bytes in memory that may be given away: theirs alone, or `own`. */
export function owned(bytes: Uint8Array, own?: ArrayBufferLike): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  return buffer instanceof ArrayBuffer && (buffer === own || buffer.byteLength === length)
    ? new Uint8Array(buffer, byteOffset, length)
    : new Uint8Array(bytes);
}
