/** The number types that JSON can be fed to, and read from. */
export type NumberType =
  'float' | 'double' | 'int8' | 'uint8' | 'int16' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'bool';

/** `data`: the elements, little-endian and row-major, as in TensorProto.tensor_content. */
interface NumericTensor<Type extends string> {
  readonly dtype: Type;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

interface StringTensor {
  readonly dtype: 'string';
  readonly shape: readonly number[];
  readonly strings: readonly Uint8Array[];
}

export type InputTensor = NumericTensor<NumberType> | StringTensor;

/** A model may answer in types that JSON has no place for: writing them is refused by name. */
export type OutputTensor = NumericTensor<string> | StringTensor;
