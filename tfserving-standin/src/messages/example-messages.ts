import { checkStructure, type Structure } from './check-structure.js';
import { WIRE, WireReader } from './wire-reader.js';

/** What Input.kind holds so far: a later kind replaces an earlier one, the same kind again adds to it. */
interface Examples {
  kind: 1 | 2;
  examples: Buffer[];
  /** Pieces of the context; a message in pieces is their bytes one behind the other. */
  context: Buffer[];
}

/**
 * Reads tensorflow.serving.Input into serialized tf.Examples, a common context in front of each one's bytes (which is
 * how protobuf merges two messages). Their structure is checked, since the real server parses them; their content is the
 * model's business. `pieces`: the bytes of all Input fields of the request. Throws MalformedMessage.
 */
export function readExamples(pieces: readonly Buffer[]): Buffer[] {
  let found: Examples | undefined;
  const reader = new WireReader(pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces));
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const kind = tag === ((1 << 3) | WIRE.bytes) ? 1 : tag === ((2 << 3) | WIRE.bytes) ? 2 : undefined;
    if (kind === undefined) reader.skip(tag);
    else {
      if (found?.kind !== kind) found = { kind, examples: [], context: [] };
      readExampleList(reader.message(), found);
    }
  }
  if (found === undefined) return [];
  const { examples, context } = found;
  return context.length === 0 ? examples : examples.map((example) => Buffer.concat([...context, example]));
}

function readExampleList(reader: WireReader, into: Examples): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const isContext = tag === ((2 << 3) | WIRE.bytes) && into.kind === 2;
    if (tag !== ((1 << 3) | WIRE.bytes) && !isContext) reader.skip(tag);
    else {
      const bytes = reader.bytes();
      checkStructure(new WireReader(bytes), EXAMPLE);
      (isContext ? into.context : into.examples).push(bytes);
    }
  }
}

const FEATURE: Structure = { 1: {}, 2: { 1: 'floats' }, 3: { 1: 'varints' } };
const EXAMPLE: Structure = { 1: { 1: { 1: 'text', 2: FEATURE } } };
