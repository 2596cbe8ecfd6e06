import { loadMessages } from './load-messages.js';

/** A name of `tensorflow.DataType` without its `DT_` prefix, in lower case, as TensorFlow prints it: `float`, `int64`. */
export type DataTypeName =
  | 'float'
  | 'double'
  | 'int32'
  | 'uint8'
  | 'int16'
  | 'int8'
  | 'string'
  | 'complex64'
  | 'int64'
  | 'bool'
  | 'qint8'
  | 'quint8'
  | 'qint32'
  | 'bfloat16'
  | 'qint16'
  | 'quint16'
  | 'uint16'
  | 'complex128'
  | 'half'
  | 'resource'
  | 'variant'
  | 'uint32'
  | 'uint64'
  | 'float8_e5m2'
  | 'float8_e4m3fn'
  | 'float8_e4m3fnuz'
  | 'float8_e4m3b11fnuz'
  | 'float8_e5m2fnuz'
  | 'int4'
  | 'uint4'
  | 'int2'
  | 'uint2'
  | 'float4_e2m1fn';

/** `1` -> `float`; undefined for a number this subset does not know. */
export function dataTypeName(value: number): DataTypeName | undefined {
  const name = loadMessages().lookupEnum('tensorflow.DataType').valuesById[value];
  return name === undefined ? undefined : (name.slice('DT_'.length).toLowerCase() as DataTypeName);
}

/** `float` -> `1`. */
export function dataTypeNumber(name: DataTypeName): number {
  const value = loadMessages().lookupEnum('tensorflow.DataType').values[`DT_${name.toUpperCase()}`];
  if (value === undefined) throw new Error(`no tensorflow.DataType is called ${name}`);
  return value;
}
