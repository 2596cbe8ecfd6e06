import protobuf from 'protobufjs/minimal.js';
import { messageEnd, readFields } from './message-fields.js';
import { readVersion } from './model-spec-message.js';

interface Class {
  /** As it came: labels need not be UTF-8. */
  readonly label: Uint8Array;
  readonly score: number;
}

export interface Classifications {
  readonly classifications: readonly (readonly Class[])[];
  readonly version: string | undefined;
}

export interface Regressions {
  readonly values: readonly number[];
  readonly version: string | undefined;
}

/** Reads a serialized tensorflow.serving.ClassificationResponse. */
export function classificationsFromBytes(bytes: Uint8Array): Classifications {
  const classifications: Class[][] = [];
  const version = readResponse(bytes, (reader) => {
    const classes: Class[] = [];
    readEach(reader, () => classes.push(readClass(reader)));
    classifications.push(classes);
  });
  return { classifications, version };
}

/** Reads a serialized tensorflow.serving.RegressionResponse. */
export function regressionsFromBytes(bytes: Uint8Array): Regressions {
  const values: number[] = [];
  const version = readResponse(bytes, (reader) => {
    let value = 0;
    readFields(reader, messageEnd(reader), (field) => {
      if (field !== 1) return false;
      value = reader.float();
      return true;
    });
    values.push(value);
  });
  return { values, version };
}

/** Both responses: result = 1, whose field 1 has one entry for each example; model_spec = 2. */
function readResponse(bytes: Uint8Array, readEntry: (reader: protobuf.Reader) => void): string | undefined {
  const reader = protobuf.Reader.create(bytes);
  let version: string | undefined;
  readFields(reader, reader.len, (field) => {
    if (field === 1)
      readEach(reader, () => {
        readEntry(reader);
      });
    else if (field === 2) version = readVersion(reader, messageEnd(reader));
    else return false;
    return true;
  });
  return version;
}

/** Calls `read` at each entry of field 1 of the message that comes next. */
function readEach(reader: protobuf.Reader, read: () => void): void {
  readFields(reader, messageEnd(reader), (field) => {
    if (field !== 1) return false;
    read();
    return true;
  });
}

function readClass(reader: protobuf.Reader): Class {
  let label: Uint8Array = new Uint8Array(0);
  let score = 0;
  readFields(reader, messageEnd(reader), (field) => {
    if (field === 1) label = reader.bytes();
    else if (field === 2) score = reader.float();
    else return false;
    return true;
  });
  return { label, score };
}
