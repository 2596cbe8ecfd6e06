import { fieldBytes, type Field } from './field.js';
import { INITIAL } from './protocol.js';
import { ADDED, INDEXED, NOT_ADDED, PLAIN_TEXT, SIZE_UPDATE } from './representations.js';
import { STATIC_TABLE } from './static-table.js';

/** A header to send. One that `recurs` is sent once and named by a number from then on: it must be a constant. */
export interface OutgoingField extends Field {
  readonly recurs: boolean;
}

/**
 * Encodes the header blocks of one connection (RFC 7541). Fields that recur enter the table until it is full; nothing is
 * ever taken out of it, so that a number, once given, stays right.
 */
export class HpackEncoder {
  /** Each with how many had entered before it. */
  readonly #added = new Map<Field, number>();
  /** Blocks that hold while the table has so many entries. */
  #known = new WeakMap<readonly OutgoingField[], { readonly block: Buffer; readonly entries: number }>();
  #addedBytes = 0;
  #maxBytes: number = INITIAL.headerTableSize;
  #peerMaxBytes: number = INITIAL.headerTableSize;
  /** The smallest that the peer has set since the last block: it may have emptied its table in between. */
  #lowestBytes: number = INITIAL.headerTableSize;

  /** What the peer lets the table grow to (SETTINGS_HEADER_TABLE_SIZE). This one never makes it larger than 4 KiB. */
  limit(bytes: number): void {
    this.#peerMaxBytes = Math.min(bytes, INITIAL.headerTableSize);
    this.#lowestBytes = Math.min(this.#lowestBytes, this.#peerMaxBytes);
  }

  /** `fields`: where all of them recur, the same array again is encoded to the same bytes, which are not to be changed. */
  encode(fields: readonly OutgoingField[]): Buffer {
    const isFollowing = this.#lowestBytes === this.#maxBytes && this.#peerMaxBytes === this.#maxBytes;
    const known = isFollowing ? this.#known.get(fields) : undefined;
    if (known?.entries === this.#added.size) return known.block;
    const bytes: number[] = [];
    this.#followPeer(bytes);
    const entries = this.#added.size;
    for (const field of fields) this.#write(bytes, field);
    const block = Buffer.from(bytes);
    if (isFollowing && entries === this.#added.size && fields.every(({ recurs }) => recurs))
      this.#known.set(fields, { block, entries });
    return block;
  }

  /** Limits that changed are confirmed at the start of the next block (section 4.2). One that is too small empties the table. */
  #followPeer(bytes: number[]): void {
    if (this.#lowestBytes < this.#addedBytes) {
      this.#added.clear();
      this.#known = new WeakMap();
      this.#addedBytes = 0;
      this.#lowestBytes = 0;
    }
    if (this.#lowestBytes < this.#maxBytes) writeNumber(bytes, SIZE_UPDATE, this.#lowestBytes);
    if (this.#lowestBytes < this.#peerMaxBytes) writeNumber(bytes, SIZE_UPDATE, this.#peerMaxBytes);
    this.#maxBytes = this.#peerMaxBytes;
    this.#lowestBytes = this.#peerMaxBytes;
  }

  #write(bytes: number[], field: OutgoingField): void {
    const place = staticIndex(field);
    if (place > 0) {
      writeNumber(bytes, INDEXED, place);
      return;
    }
    const before = this.#added.get(field);
    if (before !== undefined) {
      writeNumber(bytes, INDEXED, STATIC_TABLE.length + this.#added.size - before);
      return;
    }
    const isAdded = field.recurs && this.#addedBytes + fieldBytes(field) <= this.#maxBytes;
    // Index 0: the name stands in full.
    writeNumber(bytes, isAdded ? ADDED : NOT_ADDED, 0);
    writeText(bytes, field.name);
    writeText(bytes, field.value);
    if (!isAdded) return;
    this.#added.set(field, this.#added.size);
    this.#addedBytes += fieldBytes(field);
  }
}

const STATIC_INDEXES = new Map(STATIC_TABLE.map(({ name, value }, index) => [`${name} ${value}`, index + 1]));

/** 0: it is not in the table. Only pseudo-headers are looked for there: of the others none that gRPC sends has its value there. */
function staticIndex({ name, value }: Field): number {
  return name.startsWith(':') ? (STATIC_INDEXES.get(`${name} ${value}`) ?? 0) : 0;
}

function writeText(bytes: number[], text: string): void {
  writeNumber(bytes, PLAIN_TEXT, text.length);
  for (let index = 0; index < text.length; index += 1) bytes.push(text.charCodeAt(index));
}

function writeNumber(bytes: number[], { mark, prefix }: typeof INDEXED, value: number): void {
  const mask = 2 ** prefix - 1;
  if (value < mask) {
    bytes.push(mark | value);
    return;
  }
  bytes.push(mark | mask);
  let rest = value - mask;
  for (; rest >= 128; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
}
