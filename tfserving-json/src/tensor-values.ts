import type { ByteWriter } from './byte-writer.js';
import { invalid } from './json-request-error.js';
import { writeDouble, writeFloat } from './number-text.js';
import type { JsonTensor } from './tensor.js';

/** A tensor of any type, as it comes out of a model. */
export type OutputTensor =
  JsonTensor | { readonly dtype: string; readonly shape: readonly number[]; readonly data: Uint8Array };

/** Writes the element at `index`. `depth` is how many arrays and objects are open around it. */
export type WriteElement = (writer: ByteWriter, index: number, depth: number) => void;

/** How the elements of an output are written; outputs called `…_bytes` have their strings in base64. */
export function elementWriter(alias: string, tensor: OutputTensor): WriteElement {
  if ('strings' in tensor) return stringWriter(tensor.strings, alias.endsWith('_bytes'));
  const { data, dtype } = tensor;
  const aligned = data.byteOffset % 8 === 0 ? data : Uint8Array.from(data);
  const { buffer, byteOffset: offset, byteLength: length } = aligned;
  switch (dtype) {
    case 'float': {
      const values = new Float32Array(buffer, offset, length / 4);
      return (writer, index) => {
        writeFloat(writer, values[index] ?? 0);
      };
    }
    case 'double': {
      const values = new Float64Array(buffer, offset, length / 8);
      return (writer, index) => {
        writeDouble(writer, values[index] ?? 0);
      };
    }
    case 'bool':
      return (writer, index) => {
        writer.ascii(aligned[index] === 0 ? 'false' : 'true');
      };
    case 'int32':
      return integerWriter(new Int32Array(buffer, offset, length / 4));
    case 'int16':
      return integerWriter(new Int16Array(buffer, offset, length / 2));
    case 'int8':
      return integerWriter(new Int8Array(buffer, offset, length));
    case 'uint8':
      return integerWriter(aligned);
    case 'uint32':
      return integerWriter(new Uint32Array(buffer, offset, length / 4));
    case 'int64':
      return integerWriter(new BigInt64Array(buffer, offset, length / 8));
    case 'uint64':
      return integerWriter(new BigUint64Array(buffer, offset, length / 8));
    default:
      return () => {
        throw invalid(`Failed to write JSON value for tensor type: ${dtype}`);
      };
  }
}

function integerWriter(values: ArrayLike<number | bigint>): WriteElement {
  return (writer, index) => {
    writer.ascii(String(values[index] ?? 0));
  };
}

function stringWriter(strings: readonly Uint8Array[], asBase64: boolean): WriteElement {
  const none = new Uint8Array(0);
  if (!asBase64)
    return (writer, index) => {
      writer.quoted(strings[index] ?? none);
    };
  return (writer, index, depth) => {
    const content = Buffer.from(strings[index] ?? none);
    const indent = '    '.repeat(depth);
    writer.ascii(`{\n${indent}    "b64": "${content.toString('base64')}"\n${indent}}`);
  };
}
