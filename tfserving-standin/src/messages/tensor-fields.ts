import { dataTypeName, type DataTypeName } from '@serving-study/protos';
import type { NumericType } from '@serving-study/runtime';

/** How TensorProto writes the elements of a type when it does not use tensor_content (tensor.proto, tensor.cc). */
export type FieldKind = 'fixed' | 'int32' | 'int64' | 'bool';

export interface ElementField {
  /** Field number in TensorProto. */
  readonly number: number;
  /** fixed: the element's own bytes; the others: varints. */
  readonly kind: FieldKind;
}

const INT_VAL: ElementField = { number: 7, kind: 'int32' };
const HALF_VAL: ElementField = { number: 13, kind: 'int32' };
const FLOAT8_VAL: ElementField = { number: 18, kind: 'fixed' };

export const ELEMENT_FIELDS: Readonly<Record<NumericType, ElementField>> = {
  float: { number: 5, kind: 'fixed' },
  double: { number: 6, kind: 'fixed' },
  int32: INT_VAL,
  int16: INT_VAL,
  int8: INT_VAL,
  uint16: INT_VAL,
  uint8: INT_VAL,
  qint8: INT_VAL,
  quint8: INT_VAL,
  qint16: INT_VAL,
  quint16: INT_VAL,
  qint32: INT_VAL,
  complex64: { number: 9, kind: 'fixed' },
  int64: { number: 10, kind: 'int64' },
  bool: { number: 11, kind: 'bool' },
  complex128: { number: 12, kind: 'fixed' },
  half: HALF_VAL,
  bfloat16: HALF_VAL,
  uint32: { number: 16, kind: 'int32' },
  uint64: { number: 17, kind: 'int64' },
  float8_e5m2: FLOAT8_VAL,
  float8_e4m3fn: FLOAT8_VAL,
  float8_e4m3fnuz: FLOAT8_VAL,
  float8_e4m3b11fnuz: FLOAT8_VAL,
  float8_e5m2fnuz: FLOAT8_VAL,
  int4: INT_VAL,
  uint4: INT_VAL,
  int2: INT_VAL,
  uint2: INT_VAL,
  float4_e2m1fn: FLOAT8_VAL,
};

export const STRING_VAL = 8;

/** Size of one value in a packed field of fixed-size values, 0 for varints; by field number. float8_val is a bytes field. */
export const PACKED_FIELDS: ReadonlyMap<number, 0 | 1 | 4 | 8> = new Map<number, 0 | 1 | 4 | 8>([
  [5, 4],
  [6, 8],
  [7, 0],
  [9, 4],
  [10, 0],
  [11, 0],
  [12, 8],
  [13, 0],
  [16, 0],
  [17, 0],
  [18, 1],
]);

const NAMES: readonly (DataTypeName | undefined)[] = Array.from({ length: 34 }, (_, number) => dataTypeName(number));

/** dataTypeName() for the hot path. */
export function typeNameOf(number: number): DataTypeName | undefined {
  return NAMES[number];
}
