import { ByteWriter } from './byte-writer.js';
import { invalid } from './json-request-error.js';
import { writeFloat } from './number-text.js';

const WRITER = new ByteWriter();

/** The body that answers a classify request: for each example its classes with their scores. */
export function classifyResponseBody(
  classifications: readonly (readonly { readonly label: Uint8Array; readonly score: number }[])[],
): Buffer {
  if (classifications.length === 0) throw invalid('Cannot convert empty ClassificationResults to JSON');
  WRITER.clear();
  WRITER.ascii('{\n    "results": [');
  for (const [example, classes] of classifications.entries()) {
    WRITER.ascii(example > 0 ? ', [' : '[');
    for (const [index, { label, score }] of classes.entries()) {
      WRITER.ascii(index > 0 ? ', [' : '[');
      WRITER.quoted(label);
      WRITER.ascii(', ');
      writeFloat(WRITER, score);
      WRITER.byte(0x5d);
    }
    WRITER.byte(0x5d);
  }
  WRITER.ascii('\n    ]\n}');
  return WRITER.take();
}

/** The body that answers a regress request: one float for each example. */
export function regressResponseBody(values: readonly number[]): Buffer {
  if (values.length === 0) throw invalid('Cannot convert empty RegressionResults to JSON');
  WRITER.clear();
  WRITER.ascii('{\n    "results": [');
  for (const [index, value] of values.entries()) {
    if (index > 0) WRITER.comma();
    writeFloat(WRITER, value);
  }
  WRITER.ascii(']\n}');
  return WRITER.take();
}
