import { checkJson } from './check-json.js';
import { NumberToken } from './number-token.js';
import { StringToken } from './string-token.js';

/** A number token with a fraction or an exponent, or outside uint64/int64: never an integer for TensorFlow Serving. */
export class JsonDouble {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Integer tokens are numbers where that is exact and bigints otherwise, all others JsonDouble; strings are byte strings. */
export type JsonScalar = null | boolean | number | bigint | JsonDouble | string;

/**
 * A JSON text that is known to be right, read where it stands: no value is made before it is asked for, so that reading takes
 * no more memory than the text. Values are named by the index of their first byte.
 */
export class JsonText {
  readonly bytes: Buffer;
  /** The value that the text is. */
  readonly root: number;
  /** Index behind the scalar, name or member that was read last. */
  end = 0;
  readonly #number = new NumberToken();
  readonly #string = new StringToken();

  /** The JSON value at the start of `body`; what follows it is ignored. Throws JsonRequestError, see `checkJson`. */
  constructor(body: Uint8Array) {
    this.bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.root = checkJson(this.bytes);
  }

  isArray(at: number): boolean {
    return this.bytes[at] === 0x5b;
  }

  isObject(at: number): boolean {
    return this.bytes[at] === 0x7b;
  }

  isString(at: number): boolean {
    return this.bytes[at] === 0x22;
  }

  /** rapidjson's name of the value's type. */
  typeName(at: number): string {
    switch (this.bytes[at]) {
      case 0x6e:
        return 'Null';
      case 0x74:
        return 'True';
      case 0x66:
        return 'False';
      case 0x22:
        return 'String';
      case 0x5b:
        return 'Array';
      case 0x7b:
        return 'Object';
      default:
        return 'Number';
    }
  }

  /** A value that is neither array nor object. */
  scalar(at: number): JsonScalar {
    switch (this.bytes[at]) {
      case 0x22:
        return this.string(at);
      case 0x6e:
        this.end = at + 4;
        return null;
      case 0x74:
        this.end = at + 4;
        return true;
      case 0x66:
        this.end = at + 5;
        return false;
      default: {
        const token = this.#number;
        token.read(this.bytes, at);
        this.end = token.end;
        if (token.isDouble) return new JsonDouble(token.value);
        return token.big ?? token.value;
      }
    }
  }

  /** A byte string. */
  string(at: number): string {
    const token = this.#string;
    token.read(this.bytes, at);
    this.end = token.end;
    return token.value;
  }

  /** The first value behind the bracket at `open`, or behind the value that ends at `end`; undefined when there is none. */
  next(behind: number): number | undefined {
    let at = this.skipSpace(behind);
    if (this.bytes[at] === 0x2c) at = this.skipSpace(at + 1);
    const byte = this.bytes[at];
    return byte === 0x5d || byte === 0x7d ? undefined : at;
  }

  /** The value of the member whose name is at `at`. */
  memberValue(at: number): number {
    this.string(at);
    return this.skipSpace(this.skipSpace(this.end) + 1);
  }

  /** The first member of that name of the object at `at`. */
  get(object: number, name: string): number | undefined {
    for (let at = this.next(object + 1); at !== undefined; at = this.next(this.end)) {
      const value = this.memberValue(at);
      if (this.#string.value === name) return value;
      this.end = this.skip(value);
    }
    return undefined;
  }

  /** Index behind the value at `at`. */
  skip(at: number): number {
    const { bytes } = this;
    const first = bytes[at];
    if (first === 0x22) return this.skipString(at);
    if (first !== 0x5b && first !== 0x7b) {
      this.scalar(at);
      return this.end;
    }
    let depth = 0;
    for (let index = at; ; index += 1) {
      const byte = bytes[index];
      if (byte === 0x22) index = this.skipString(index) - 1;
      else if (byte === 0x5b || byte === 0x7b) depth += 1;
      else if (byte === 0x5d || byte === 0x7d) {
        depth -= 1;
        if (depth === 0) return index + 1;
      }
    }
  }

  /** Index behind the string at `at`. */
  skipString(at: number): number {
    const { bytes } = this;
    for (let end = bytes.indexOf(0x22, at + 1); ; end = bytes.indexOf(0x22, end + 1)) {
      let escapes = end;
      while (bytes[escapes - 1] === 0x5c) escapes -= 1;
      if ((end - escapes) % 2 === 0) return end + 1;
    }
  }

  skipSpace(from: number): number {
    const { bytes } = this;
    let at = from;
    let byte = bytes[at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at];
    return at;
  }

  /** Index of the text in `{"b64": "…"}`, the only shape TensorFlow Serving takes for bytes; undefined for anything else. */
  base64Text(at: number): number | undefined {
    const first = this.isObject(at) ? this.next(at + 1) : undefined;
    if (first === undefined) return undefined;
    const value = this.memberValue(first);
    if (this.#string.value !== 'b64' || !this.isString(value)) return undefined;
    return this.next(this.skipString(value)) === undefined ? value : undefined;
  }

  /** Whether it is an object that is not bytes in base64: what the row format calls an object. */
  isPlainObject(at: number): boolean {
    return this.isObject(at) && this.base64Text(at) === undefined;
  }
}
