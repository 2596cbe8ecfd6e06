import { checkExampleCount, withContext } from '../inference/index.js';
import { JoinedBytes } from '../joined-bytes.js';
import { checkStructure, type Structure } from './check-structure.js';
import { WIRE, WireReader } from './wire-reader.js';

/** What Input.kind holds so far: a later kind replaces an earlier one, the same kind again adds to it. */
interface Examples {
  kind: 1 | 2;
  examples: Buffer[];
  /** A message in pieces is their bytes one behind the other. */
  context: JoinedBytes;
}

/**
 * Reads tensorflow.serving.Input into serialized tf.Examples, a common context in front of each one's bytes (which is
 * how protobuf merges two messages). Their structure is checked, since the real server parses them; their content is the
 * model's business. `input`: the bytes of all Input fields of the request. Throws MalformedMessage, and RESOURCE_EXHAUSTED
 * for too many.
 */
export function readExamples(input: Buffer): readonly Uint8Array[] {
  let found: Examples | undefined;
  const reader = new WireReader(input);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const kind = tag === ((1 << 3) | WIRE.bytes) ? 1 : tag === ((2 << 3) | WIRE.bytes) ? 2 : undefined;
    if (kind === undefined) reader.skip(tag);
    else {
      if (found?.kind !== kind) found = { kind, examples: [], context: new JoinedBytes() };
      readExampleList(reader.message(), found);
    }
  }
  if (found === undefined) return [];
  return withContext(found.examples, found.context.take());
}

function readExampleList(reader: WireReader, into: Examples): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const isContext = tag === ((2 << 3) | WIRE.bytes) && into.kind === 2;
    if (tag !== ((1 << 3) | WIRE.bytes) && !isContext) reader.skip(tag);
    else {
      const bytes = reader.bytes();
      checkStructure(new WireReader(bytes), EXAMPLE);
      (isContext ? into.context : into.examples).push(bytes);
      checkExampleCount(into.examples.length);
    }
  }
}

const FEATURE: Structure = { 1: {}, 2: { 1: 'floats' }, 3: { 1: 'varints' } };
const EXAMPLE: Structure = { 1: { 1: { 1: 'text', 2: FEATURE } } };
