import { bytesOf } from './byte-text.js';
import { ByteWriter } from './byte-writer.js';
import { invalid } from './json-request-error.js';
import { quoted } from './quoted.js';
import { elementWriter, type OutputTensor, type WriteElement } from './tensor-values.js';
import type { RequestFormat } from './tensor.js';

const WRITER = new ByteWriter();

/**
 * The body that answers a predict request, byte for byte as TensorFlow Serving lays it out. Throws
 * JsonRequestError for outputs that have no place in that format.
 */
export function predictResponseBody(format: RequestFormat, outputs: ReadonlyMap<string, OutputTensor>): Buffer {
  if (outputs.size === 0) throw invalid('Cannot convert empty tensor map to JSON');
  WRITER.clear();
  WRITER.reserve(Math.min(LARGEST_GUESS_BYTES, mostBytes(format, outputs.values())));
  if (format === 'row') writeRows(WRITER, outputs);
  else writeColumns(WRITER, outputs);
  return WRITER.take();
}

/** Memory that is only reserved costs nothing, but growing into it does: while it is copied, a text is there twice. */
const LARGEST_GUESS_BYTES = 2 ** 30;
const LONGEST_NUMBER = 25;
const SEPARATOR_BYTES = 2;

/** About the length of the text, rather too much than too little. */
function mostBytes(format: RequestFormat, outputs: Iterable<OutputTensor>): number {
  let bytes = 0;
  for (const tensor of outputs) {
    const { shape } = tensor;
    const indentBytes = format === 'row' ? 0 : 4 * (shape.length + 2);
    const elements = sizeOf(shape);
    bytes += elements * (SEPARATOR_BYTES + indentBytes);
    if (!('strings' in tensor)) bytes += elements * LONGEST_NUMBER;
    else for (const { length } of tensor.strings) bytes += length;
  }
  return bytes;
}

interface Column {
  readonly key: string;
  /** Without the batch dimension. */
  readonly shape: readonly number[];
  readonly rowSize: number;
  readonly write: WriteElement;
}

function writeRows(writer: ByteWriter, outputs: ReadonlyMap<string, OutputTensor>): void {
  const rows = batchSize(outputs);
  const columns: Column[] = [...outputs].map(([alias, tensor]) => {
    const shape = tensor.shape.slice(1);
    return { key: quoted(bytesOf(alias)), shape, rowSize: sizeOf(shape), write: elementWriter(alias, tensor) };
  });
  const [only] = columns;
  writer.ascii('{\n    "predictions": [');
  for (let row = 0; row < rows; row++) {
    if (only !== undefined && columns.length === 1) {
      if (row > 0) writer.comma();
      writeOnOneLine(writer, only, 0, row * only.rowSize, 2);
    } else writeRowObject(writer, columns, row);
  }
  writer.ascii(rows > 0 ? '\n    ]\n}' : ']\n}');
}

function writeRowObject(writer: ByteWriter, columns: readonly Column[], row: number): void {
  writer.ascii(row > 0 ? ',\n        {' : '\n        {');
  for (const [index, column] of columns.entries()) {
    writer.ascii(`${index > 0 ? ',' : ''}\n            ${column.key}: `);
    writeOnOneLine(writer, column, 0, row * column.rowSize, 3);
  }
  writer.ascii('\n        }');
}

/** Writes the sub-tensor at `dimension` whose first element is `start`. */
function writeOnOneLine(writer: ByteWriter, column: Column, dimension: number, start: number, depth: number): void {
  const { shape, write } = column;
  const size = shape[dimension];
  if (size === undefined) {
    write(writer, start, depth);
    return;
  }
  writer.byte(0x5b);
  if (dimension === shape.length - 1) {
    for (let index = 0; index < size; index++) {
      if (index > 0) writer.comma();
      write(writer, start + index, depth + 1);
    }
  } else {
    const step = sizeOf(shape, dimension + 1);
    for (let index = 0; index < size; index++) {
      if (index > 0) writer.comma();
      writeOnOneLine(writer, column, dimension + 1, start + index * step, depth + 1);
    }
  }
  writer.byte(0x5d);
}

/** The rows of all outputs, which must agree. */
function batchSize(outputs: ReadonlyMap<string, OutputTensor>): number {
  let rows: number | undefined;
  for (const [alias, { shape }] of outputs) {
    const [size] = shape;
    if (size === undefined) throw invalid(`Tensor name: ${bytesOf(alias)} has no shape information `);
    if (rows !== undefined && rows !== size)
      throw invalid(`Tensor name: ${bytesOf(alias)} has inconsistent batch size: ${size} expecting: ${rows}`);
    rows = size;
  }
  return rows ?? 0;
}

function writeColumns(writer: ByteWriter, outputs: ReadonlyMap<string, OutputTensor>): void {
  writer.ascii('{\n    "outputs": ');
  const single = outputs.size === 1;
  let index = 0;
  if (!single) writer.byte(0x7b);
  for (const [alias, tensor] of outputs) {
    if (!single) writer.ascii(`${index > 0 ? ',' : ''}\n        ${quoted(bytesOf(alias))}: `);
    writeIndented(writer, tensor.shape, elementWriter(alias, tensor), 0, 0, single ? 1 : 2);
    index += 1;
  }
  writer.ascii(single ? '\n}' : '\n    }\n}');
}

function writeIndented(
  writer: ByteWriter,
  shape: readonly number[],
  write: WriteElement,
  dimension: number,
  start: number,
  depth: number,
): void {
  const size = shape[dimension];
  if (size === undefined) {
    write(writer, start, depth);
    return;
  }
  writer.byte(0x5b);
  const step = sizeOf(shape, dimension + 1);
  const lineEnd = `\n${'    '.repeat(depth + 1)}`;
  for (let index = 0; index < size; index++) {
    if (index > 0) writer.byte(0x2c);
    writer.ascii(lineEnd);
    writeIndented(writer, shape, write, dimension + 1, start + index * step, depth + 1);
  }
  if (size > 0) writer.ascii(`\n${'    '.repeat(depth)}`);
  writer.byte(0x5d);
}

function sizeOf(shape: readonly number[], from = 0): number {
  let size = 1;
  for (let dimension = from; dimension < shape.length; dimension++) size *= shape[dimension] ?? 1;
  return size;
}
