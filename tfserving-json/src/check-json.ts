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

/** TensorFlow's tensors have 254 dimensions at most: deeper texts are only sent by someone who means harm. */
const DEEPEST = 10_000;

const IS_OBJECT = new Uint8Array(DEEPEST);

/**
 * Index of the JSON value at the start of `body`, when all of it is right; what follows it is ignored. Accepts what TensorFlow
 * Serving accepts (a byte order mark, `NaN`, `Infinity`, …) down to 10 000 levels, and refuses the rest with rapidjson's text
 * and offset as JsonRequestError.
 */
export function checkJson(body: Buffer): number {
  if (body.length === 0) throw invalid('JSON Parse error: The document is empty');
  return new JsonCheck(body).check();
}

class JsonCheck {
  readonly #bytes: Buffer;
  readonly #number = new NumberToken();
  readonly #string = new StringToken();
  /** Whether each of the arrays and objects that are open is an object, outermost first. */
  readonly #isObject = IS_OBJECT;
  #depth = 0;
  #at = 0;

  constructor(body: Buffer) {
    this.#bytes = body;
    for (const mark of [0xef, 0xbb, 0xbf]) if (this.#bytes[this.#at] === mark) this.#at += 1;
  }

  check(): number {
    this.#skipSpace();
    const root = this.#at;
    let expected: Expectation | undefined = 'root';
    while (expected !== undefined) {
      this.#skipSpace();
      const byte = this.#bytes[this.#at];
      // A NUL ends the text for rapidjson, wherever it stands.
      if (byte === undefined || byte === 0) throw this.#fault(FAULTS[expected]);
      expected = this.#step(expected, byte);
    }
    return root;
  }

  /** Undefined when the value is complete. */
  #step(expected: Expectation, byte: number): Expectation | undefined {
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

  #value(expected: Expectation, byte: number): Expectation | undefined {
    if (byte === 0x5b || byte === 0x7b) {
      if (this.#depth === DEEPEST) throw this.#fault(`The document has more than ${DEEPEST} levels.`);
      this.#isObject[this.#depth] = byte === 0x7b ? 1 : 0;
      this.#depth += 1;
      return this.#take(byte === 0x5b ? 'first element' : 'first member');
    }
    if (byte === 0x5d || byte === 0x7d || byte === 0x2c || byte === 0x3a) throw this.#fault(FAULTS[expected]);
    this.#scalar(byte);
    return this.#next();
  }

  #scalar(byte: number): void {
    switch (byte) {
      case 0x22:
        this.#checkString();
        break;
      case 0x6e:
        this.#literal('null');
        break;
      case 0x74:
        this.#literal('true');
        break;
      case 0x66:
        this.#literal('false');
        break;
      default: {
        const token = this.#number;
        const valid = token.read(this.#bytes, this.#at);
        this.#at = token.end;
        if (!valid) throw this.#fault(token.fault ?? 'Invalid value.');
      }
    }
  }

  #checkString(): void {
    const token = this.#string;
    const valid = token.check(this.#bytes, this.#at);
    this.#at = token.end;
    if (!valid) throw this.#fault(token.fault ?? 'Unspecific syntax error.');
  }

  #literal(text: string): void {
    for (let index = 0; index < text.length; index++) {
      if (this.#bytes[this.#at] !== text.charCodeAt(index)) throw this.#fault('Invalid value.');
      this.#at += 1;
    }
  }

  #name(): Expectation {
    this.#checkString();
    return 'colon';
  }

  #close(): Expectation | undefined {
    this.#at += 1;
    this.#depth -= 1;
    return this.#next();
  }

  #next(): Expectation | undefined {
    if (this.#depth === 0) return undefined;
    return this.#isObject[this.#depth - 1] === 1 ? 'after member' : 'after element';
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
