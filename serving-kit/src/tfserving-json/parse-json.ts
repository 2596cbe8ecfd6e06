import { JsonDouble, JsonObject, type JsonNode } from './json-node.js';
import { invalid } from './json-request-error.js';
import { NumberToken } from './number-token.js';
import { StringToken } from './string-token.js';

/** What may come next; each has its own fault (rapidjson's iterative parser). */
type Expectation =
  | 'root'
  | 'first member'
  | 'colon'
  | 'member value'
  | 'after member'
  | 'member'
  | 'first element'
  | 'element'
  | 'after element';

const FAULTS: Readonly<Record<Expectation, string>> = {
  root: 'The document is empty.',
  'first member': 'Missing a name for object member.',
  member: 'Missing a name for object member.',
  colon: 'Missing a colon after a name of object member.',
  'member value': 'Invalid value.',
  'first element': 'Invalid value.',
  element: 'Invalid value.',
  'after member': "Missing a comma or '}' after an object member.",
  'after element': "Missing a comma or ']' after an array element.",
};

/**
 * The JSON value at the start of `body`; what follows it is ignored. Accepts what TensorFlow Serving accepts (a byte
 * order mark, `NaN`, `Infinity`, …) to any depth, and refuses the rest with rapidjson's text and offset.
 */
export function parseJson(body: Uint8Array): JsonNode {
  if (body.length === 0) throw invalid('JSON Parse error: The document is empty');
  return new JsonParser(body).parse();
}

class JsonParser {
  readonly #bytes: Buffer;
  readonly #number = new NumberToken();
  readonly #string = new StringToken();
  /** The arrays and objects that are open, outermost first. */
  readonly #open: (JsonNode[] | JsonObject)[] = [];
  #at = 0;

  constructor(body: Uint8Array) {
    this.#bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    for (const mark of [0xef, 0xbb, 0xbf]) if (this.#bytes[this.#at] === mark) this.#at += 1;
  }

  parse(): JsonNode {
    let expected: Expectation = 'root';
    for (;;) {
      this.#skipSpace();
      const byte = this.#bytes[this.#at];
      // A NUL ends the text for rapidjson, wherever it stands.
      if (byte === undefined || byte === 0) throw this.#fault(FAULTS[expected]);
      const step = this.#step(expected, byte);
      if (typeof step !== 'string') return step.root;
      expected = step;
    }
  }

  #step(expected: Expectation, byte: number): Expectation | { root: JsonNode } {
    switch (expected) {
      case 'root':
      case 'element':
      case 'member value':
        return this.#value(expected, byte);
      case 'first element':
        return byte === 0x5d ? this.#close() : this.#value(expected, byte);
      case 'after element':
        if (byte === 0x2c) return this.#take('element');
        if (byte === 0x5d) return this.#close();
        break;
      case 'first member':
        if (byte === 0x7d) return this.#close();
        if (byte === 0x22) return this.#name();
        break;
      case 'member':
        if (byte === 0x22) return this.#name();
        break;
      case 'colon':
        if (byte === 0x3a) return this.#take('member value');
        break;
      case 'after member':
        if (byte === 0x2c) return this.#take('member');
        if (byte === 0x7d) return this.#close();
    }
    throw this.#fault(FAULTS[expected]);
  }

  #take<T extends Expectation>(next: T): T {
    this.#at += 1;
    return next;
  }

  #value(expected: Expectation, byte: number): Expectation | { root: JsonNode } {
    if (byte === 0x5b || byte === 0x7b) {
      const container = byte === 0x5b ? [] : new JsonObject();
      this.#attach(container);
      this.#open.push(container);
      return this.#take(byte === 0x5b ? 'first element' : 'first member');
    }
    if (byte === 0x5d || byte === 0x7d || byte === 0x2c || byte === 0x3a) throw this.#fault(FAULTS[expected]);
    const value = this.#scalar(byte);
    this.#attach(value);
    return this.#next(value);
  }

  #scalar(byte: number): JsonNode {
    switch (byte) {
      case 0x22:
        return this.#readString();
      case 0x6e:
        return this.#literal('null', null);
      case 0x74:
        return this.#literal('true', true);
      case 0x66:
        return this.#literal('false', false);
      default: {
        const token = this.#number;
        const valid = token.read(this.#bytes, this.#at);
        this.#at = token.end;
        if (!valid) throw this.#fault(token.fault ?? 'Invalid value.');
        if (token.isDouble) return new JsonDouble(token.value);
        return token.big ?? token.value;
      }
    }
  }

  #readString(): string {
    const token = this.#string;
    const valid = token.read(this.#bytes, this.#at);
    this.#at = token.end;
    if (!valid) throw this.#fault(token.fault ?? 'Unspecific syntax error.');
    return token.value;
  }

  #literal<T extends JsonNode>(text: string, value: T): T {
    for (let index = 0; index < text.length; index++) {
      if (this.#bytes[this.#at] !== text.charCodeAt(index)) throw this.#fault('Invalid value.');
      this.#at += 1;
    }
    return value;
  }

  #name(): Expectation {
    const object = this.#open.at(-1);
    if (object instanceof JsonObject) object.names.push(this.#readString());
    return 'colon';
  }

  #attach(value: JsonNode): void {
    const parent = this.#open.at(-1);
    if (parent instanceof JsonObject) parent.values.push(value);
    else parent?.push(value);
  }

  #close(): Expectation | { root: JsonNode } {
    this.#at += 1;
    const closed = this.#open.pop();
    return this.#next(closed ?? null);
  }

  #next(complete: JsonNode): Expectation | { root: JsonNode } {
    const parent = this.#open.at(-1);
    if (parent === undefined) return { root: complete };
    return Array.isArray(parent) ? 'after element' : 'after member';
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at += 1;
    }
  }

  #fault(text: string): Error {
    return invalid(`JSON Parse error: ${text} at offset: ${this.#at}`);
  }
}
