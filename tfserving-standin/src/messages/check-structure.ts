import { MalformedMessage } from './malformed-message.js';
import { WIRE, type WireReader } from './wire-reader.js';

/** The fields of a message that have to be well formed themselves, by number; of all others only the length counts. */
export interface Structure {
  readonly [field: number]: Structure | 'text' | 'floats' | 'varints';
}

/** Walks a message that is only passed on, as the real server's parser would. Throws MalformedMessage. */
export function checkStructure(reader: WireReader, structure: Structure): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const field = (tag & 7) === WIRE.bytes ? structure[tag >>> 3] : undefined;
    if (field === undefined) reader.skip(tag);
    else if (field === 'text') reader.text();
    else if (field === 'floats') checkFloats(reader.bytes());
    else if (field === 'varints') checkVarints(reader.message());
    else checkStructure(reader.message(), field);
  }
}

function checkFloats(packed: Buffer): void {
  if (packed.length % 4 !== 0) throw new MalformedMessage('packed field cut short');
}

function checkVarints(packed: WireReader): void {
  while (!packed.atEnd()) packed.rawVarint();
}
