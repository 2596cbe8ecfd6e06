import { PlainNumbers } from './plain-numbers.js';
import { StringToken } from './string-token.js';
import type { JsonNumericTensor, RequestFormat } from './tensor.js';

/** A request for one input whose value is plain numbers. */
export interface PlainRequest {
  /** A byte string; '' when the request names none. */
  readonly signatureName: string;
  readonly format: RequestFormat;
  /** The input's alias where the request names it, a byte string. */
  readonly alias: string | undefined;
  /** The value in that type; undefined if it may not fit, the second time, or if another request has been read since. */
  toTensor(dtype: string | undefined): JsonNumericTensor | undefined;
}

/**
 * The usual request, read in one pass; undefined for every other one, right or wrong. Usual are `instances` or `inputs`
 * with a nested list of numbers, or with that under the input's name, and at most a `signature_name` beside it.
 */
export function readPlainRequest(body: Uint8Array): PlainRequest | undefined {
  return READER.read(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

class PlainRequestReader {
  readonly #numbers = new PlainNumbers();
  readonly #text = new StringToken();
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Counts the requests: the numbers in memory are those of the last one. */
  #turn = 0;
  #alias: string | undefined;
  #shape: readonly number[] = [];

  read(bytes: Buffer): PlainRequest | undefined {
    this.#bytes = bytes;
    this.#turn += 1;
    this.#at = 0;
    this.#alias = undefined;
    this.#numbers.clear();
    let signatureName: string | undefined;
    let format: RequestFormat | undefined;
    if (!this.#take(0x7b)) return undefined;
    do {
      const key = this.#name();
      if (key === 'signature_name' && signatureName === undefined) {
        signatureName = this.#string();
        if (signatureName === undefined) return undefined;
      } else if (key === 'instances' && format === undefined) {
        format = 'row';
        if (this.#next() !== 0x5b || !(this.#value() || this.#namedRows())) return undefined;
      } else if (key === 'inputs' && format === undefined) {
        format = 'columnar';
        if (!(this.#next() === 0x7b ? this.#namedValue() : this.#value())) return undefined;
      } else return undefined;
    } while (this.#take(0x2c));
    if (!this.#take(0x7d) || format === undefined) return undefined;
    const [alias, shape, turn] = [this.#alias, this.#shape, this.#turn];
    return {
      signatureName: signatureName ?? '',
      format,
      alias,
      toTensor: (dtype) => {
        if (turn !== this.#turn) return undefined;
        this.#turn += 1;
        return this.#numbers.toTensor(dtype, shape);
      },
    };
  }

  /** Skips white space and returns the byte behind it. */
  #next(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at] ?? 0;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++this.#at] ?? 0;
    return byte;
  }

  #take(byte: number): boolean {
    const found = this.#next() === byte;
    if (found) this.#at += 1;
    return found;
  }

  #string(): string | undefined {
    if (this.#next() !== 0x22 || !this.#text.read(this.#bytes, this.#at)) return undefined;
    this.#at = this.#text.end;
    return this.#text.value;
  }

  /** The name of a member and its colon. */
  #name(): string | undefined {
    const name = this.#string();
    return name !== undefined && this.#take(0x3a) ? name : undefined;
  }

  #value(): boolean {
    if (!this.#numbers.read(this.#bytes, this.#at)) return false;
    this.#at = this.#numbers.end;
    this.#shape = this.#numbers.shape;
    return true;
  }

  /** `{"x": value}` with the alias of before, if there was one. */
  #namedValue(): boolean {
    if (!this.#take(0x7b)) return false;
    const name = this.#name();
    if (name === undefined || (this.#alias !== undefined && name !== this.#alias)) return false;
    this.#alias = name;
    return this.#value() && this.#take(0x7d);
  }

  /** `[{"x": value}, …]`: all values of one shape. */
  #namedRows(): boolean {
    this.#numbers.clear();
    this.#at += 1;
    let rows = 0;
    let rowShape: readonly number[] = [];
    do {
      if (!this.#namedValue()) return false;
      if (rows === 0) rowShape = this.#shape;
      else if (rowShape.length !== this.#shape.length || rowShape.some((size, at) => size !== this.#shape[at]))
        return false;
      rows += 1;
    } while (this.#take(0x2c));
    this.#shape = [rows, ...rowShape];
    return this.#take(0x5d);
  }
}

const READER = new PlainRequestReader();
