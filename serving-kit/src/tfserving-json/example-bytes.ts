import type { ExampleFeatures, Feature } from './example-features.js';

const LENGTH_DELIMITED = 2;
const KIND_FIELDS = { bytes: 1, float: 2, int64: 3 } as const;

/** A serialized tensorflow.Example. Written here because names need not be UTF-8, which message libraries insist on. */
export function exampleBytes(features: ExampleFeatures): Uint8Array {
  const entries = [...features].map(([name, feature]) =>
    field(1, Buffer.concat([field(1, Buffer.from(name, 'latin1')), field(2, featureBytes(feature))])),
  );
  return field(1, Buffer.concat(entries));
}

function featureBytes(feature: Feature): Uint8Array {
  switch (feature.kind) {
    case 'none':
      return new Uint8Array(0);
    case 'bytes':
      return field(KIND_FIELDS.bytes, Buffer.concat(feature.values.map((value) => field(1, value))));
    case 'float':
      return field(KIND_FIELDS.float, field(1, new Uint8Array(Float32Array.from(feature.values).buffer)));
    case 'int64':
      return field(KIND_FIELDS.int64, field(1, Buffer.concat(feature.values.map(varint))));
  }
}

function field(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([varint(BigInt((number << 3) | LENGTH_DELIMITED)), varint(BigInt(content.length)), content]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}
