import type { JsonTensor, OutputTensor } from '@serving-study/tfserving-json';
import { packed, unpacked, type PackedStrings } from './packed-strings.js';

/** A tensor on its way to another thread, which owns its memory then. */
export interface PackedTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly content: Uint8Array<ArrayBuffer> | PackedStrings;
}

/** Takes the tensor's memory away where it is the tensor's alone: it must not be used any more. */
export function packedTensor(tensor: OutputTensor): PackedTensor {
  const { dtype, shape } = tensor;
  return { dtype, shape, content: 'strings' in tensor ? packed(tensor.strings) : owned(tensor.data) };
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

/** The same bytes in memory of their own. */
export function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length
    ? new Uint8Array(buffer)
    : new Uint8Array(bytes);
}
