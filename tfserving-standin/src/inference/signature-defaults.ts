import type { TensorValue } from '@serving-study/runtime';
import type { Servable } from '../core.js';
import { readTensor } from '../messages/tensor-decoder.js';
import { WIRE, WireReader } from '../messages/wire-reader.js';

type Defaults = ReadonlyMap<string, TensorValue | undefined>;

const NONE: Defaults = new Map();
/** By the bytes themselves: they live as long as the version, and so does what was read from them. */
const read = new WeakMap<Uint8Array, ReadonlyMap<string, Defaults>>();

/**
 * Inputs that a signature fills in itself when the request leaves them out (SignatureDef.defaults, field 4), by alias.
 * `undefined` stands for a default that is no tensor.
 */
export function signatureDefaults(servable: Servable, signatureName: string): Defaults {
  let all = read.get(servable.signatureDefMap);
  if (all === undefined) {
    all = readAll(servable.signatureDefMap);
    read.set(servable.signatureDefMap, all);
  }
  return all.get(signatureName) ?? NONE;
}

function readAll(signatureDefMap: Uint8Array): ReadonlyMap<string, Defaults> {
  const all = new Map<string, Defaults>();
  for (const [name, signature] of mapEntries(new WireReader(signatureDefMap), 1)) {
    const defaults = new Map([...mapEntries(signature, 4)].map(([alias, tensor]) => [alias, readTensor(tensor)]));
    if (defaults.size > 0) all.set(name, defaults);
  }
  return all;
}

/** The entries of a map<string, message> field. */
function* mapEntries(reader: WireReader, field: number): Generator<[string, WireReader]> {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag !== ((field << 3) | WIRE.bytes)) reader.skip(tag);
    else {
      const entry = reader.message();
      let key = '';
      let value = new WireReader(Buffer.alloc(0));
      for (let inner = entry.tag(); inner !== 0; inner = entry.tag()) {
        if (inner === ((1 << 3) | WIRE.bytes)) key = entry.text();
        else if (inner === ((2 << 3) | WIRE.bytes)) value = entry.message();
        else entry.skip(inner);
      }
      yield [key, value];
    }
  }
}
