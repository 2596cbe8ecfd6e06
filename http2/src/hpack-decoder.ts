import { fieldBytes, type Field } from './field.js';
import { decodeHuffman } from './huffman.js';
import { CODE, ConnectionError, INITIAL } from './protocol.js';
import { ADDED, HUFFMAN_TEXT, INDEXED, NOT_ADDED, SIZE_UPDATE } from './representations.js';
import { STATIC_TABLE } from './static-table.js';

/** The fields of one header block, as far as they fit. */
export interface DecodedBlock {
  /** In their order. Those beyond the limit are left out. */
  readonly fields: readonly Field[];
  /** Of all fields, as HPACK counts them. */
  readonly sizeBytes: number;
  /** Length of the longest value of all fields. */
  readonly longestValue: number;
}

/** Each field costs time, however short it is, and a block of 256 KiB can hold 262 144 of them. */
const MOST_FIELDS = 1024;
/** Numbers of more bytes than this are larger than anything that can be meant. */
const LONGEST_NUMBER_BYTES = 5;

/** Blocks that are remembered: headers and trailers of one kind of call. */
const REMEMBERED = 2;
const LONGEST_REMEMBERED_BYTES = 64;

interface RememberedBlock {
  readonly block: Buffer;
  readonly limitBytes: number;
  /** Of the table, when it was decoded. */
  readonly changes: number;
  readonly decoded: DecodedBlock;
}

/** Decodes the header blocks of one connection, in their order (RFC 7541). */
export class HpackDecoder {
  /** Newest last. The first `#evicted` of them are gone: taking entries away one by one would move all the others each time. */
  readonly #dynamic: Field[] = [];
  #evicted = 0;
  #dynamicBytes = 0;
  #maxBytes: number = INITIAL.headerTableSize;
  /** How often the table has changed. */
  #changes = 0;
  /** Calls of one kind begin and end with the same bytes, as long as the table stays as it is. */
  readonly #recent: RememberedBlock[] = [];
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  /**
   * Throws ConnectionError: COMPRESSION_ERROR for what is no header block, ENHANCE_YOUR_CALM for more than 1024 fields.
   * Fields are kept until they have `limitBytes` together; the others are only counted, as a few bytes can stand for many.
   */
  decode(block: Buffer, limitBytes: number): DecodedBlock {
    for (const known of this.#recent)
      if (known.changes === this.#changes && known.limitBytes === limitBytes && known.block.equals(block))
        return known.decoded;
    const changes = this.#changes;
    const decoded = this.#decodeAnew(block, limitBytes);
    if (changes === this.#changes && block.length <= LONGEST_REMEMBERED_BYTES) {
      if (this.#recent.length === REMEMBERED) this.#recent.shift();
      this.#recent.push({ block: Buffer.from(block), limitBytes, changes, decoded });
    }
    return decoded;
  }

  #decodeAnew(block: Buffer, limitBytes: number): DecodedBlock {
    this.#block = block;
    this.#at = 0;
    const fields: Field[] = [];
    let sizeBytes = 0;
    let longestValue = 0;
    let count = 0;
    while (this.#at < block.length) {
      const byte = this.#byte();
      if ((byte & 0xe0) === SIZE_UPDATE.mark) {
        if (count > 0) throw malformed('a change of the table behind a field');
        this.#resize(this.#number(byte, SIZE_UPDATE.prefix));
        continue;
      }
      count += 1;
      if (count > MOST_FIELDS)
        throw new ConnectionError(CODE.enhanceYourCalm, `a header block of more than ${MOST_FIELDS} fields`);
      const field = this.#field(byte);
      sizeBytes += fieldBytes(field);
      longestValue = Math.max(longestValue, field.value.length);
      if (sizeBytes <= limitBytes) fields.push(field);
    }
    return { fields, sizeBytes, longestValue };
  }

  #field(byte: number): Field {
    if ((byte & INDEXED.mark) !== 0) return this.#entry(this.#number(byte, INDEXED.prefix));
    const isAdded = (byte & ADDED.mark) !== 0;
    const index = this.#number(byte, (isAdded ? ADDED : NOT_ADDED).prefix);
    const name = index === 0 ? this.#text() : this.#entry(index).name;
    const field = { name, value: this.#text() };
    if (isAdded) this.#add(field);
    return field;
  }

  #entry(index: number): Field {
    const age = index - STATIC_TABLE.length;
    const field = age <= 0 ? STATIC_TABLE[index - 1] : age <= this.#count ? this.#dynamic.at(-age) : undefined;
    if (field === undefined) throw malformed(`an index, ${index}, that stands for nothing`);
    return field;
  }

  /** Entries of the dynamic table. */
  get #count(): number {
    return this.#dynamic.length - this.#evicted;
  }

  #add(field: Field): void {
    this.#changes += 1;
    this.#dynamic.push(field);
    this.#dynamicBytes += fieldBytes(field);
    this.#evict();
  }

  #resize(maxBytes: number): void {
    this.#changes += 1;
    if (maxBytes > INITIAL.headerTableSize) throw malformed(`a table of ${maxBytes} bytes`);
    this.#maxBytes = maxBytes;
    this.#evict();
  }

  #evict(): void {
    while (this.#dynamicBytes > this.#maxBytes) {
      const oldest = this.#dynamic[this.#evicted];
      if (oldest === undefined) throw new Error('the table of fields has lost count');
      this.#dynamicBytes -= fieldBytes(oldest);
      this.#evicted += 1;
    }
    if (this.#evicted * 2 <= this.#dynamic.length) return;
    this.#dynamic.splice(0, this.#evicted);
    this.#evicted = 0;
  }

  #text(): string {
    const byte = this.#byte();
    const length = this.#number(byte, HUFFMAN_TEXT.prefix);
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#block.length) throw malformed('a text that is cut off');
    if ((byte & HUFFMAN_TEXT.mark) === 0) return this.#block.toString('latin1', start, this.#at);
    return decodeHuffman(this.#block.subarray(start, this.#at));
  }

  /** A number whose first bits are the last `prefix` ones of `byte` (RFC 7541, 5.1). */
  #number(byte: number, prefix: number): number {
    const mask = 2 ** prefix - 1;
    let value = byte & mask;
    if (value < mask) return value;
    for (let factor = 1, count = 0; ; factor *= 128, count += 1) {
      if (count === LONGEST_NUMBER_BYTES) throw malformed('a number that is too large');
      const next = this.#byte();
      value += (next & 0x7f) * factor;
      if (next < 0x80) return value;
    }
  }

  #byte(): number {
    const byte = this.#block[this.#at];
    if (byte === undefined) throw malformed('a field that is cut off');
    this.#at += 1;
    return byte;
  }
}

function malformed(what: string): ConnectionError {
  return new ConnectionError(CODE.compressionError, `a header block with ${what}`);
}
