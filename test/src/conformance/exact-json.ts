/**
 * Parses JSON with the tokens NaN, Infinity and -Infinity, which TensorFlow Serving writes. Integers keep all their
 * digits (bigint), so that an int64 that lost one shows. Throws SyntaxError.
 */
export function parseExactJson(text: string): unknown {
  const cursor = new Cursor(text);
  const value = cursor.value();
  cursor.end();
  return value;
}

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\]|\\[\s\S])*")|(-?(?:Infinity|NaN|[0-9][0-9.eE+-]*)|true|false|null))/y;
const CONSTANTS: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  null: null,
  NaN,
  Infinity,
  '-Infinity': -Infinity,
};

class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(token = this.#token()): unknown {
    if (token === '{') return this.#object();
    if (token === '[') return this.#array();
    if (token.startsWith('"')) return JSON.parse(token);
    if (token in CONSTANTS) return CONSTANTS[token];
    if (/^-?[0-9]+$/.test(token)) return token === '-0' ? -0 : BigInt(token);
    const number = JSON.parse(token) as unknown;
    if (typeof number === 'number') return number;
    throw new SyntaxError(`unexpected ${token}`);
  }

  end(): void {
    if (this.#text.slice(this.#at).trim() !== '') throw new SyntaxError(`something follows the value at ${this.#at}`);
  }

  #object(): unknown {
    const entries: [string, unknown][] = [];
    for (let token = this.#token(); token !== '}'; token = this.#token()) {
      const key = token === ',' ? this.#token() : token;
      if (this.#token() !== ':') throw new SyntaxError(`no colon behind ${key}`);
      entries.push([String(JSON.parse(key)), this.value()]);
    }
    return Object.fromEntries(entries);
  }

  #array(): unknown {
    const items: unknown[] = [];
    for (let token = this.#token(); token !== ']'; token = this.#token())
      items.push(this.value(token === ',' ? this.#token() : token));
    return items;
  }

  #token(): string {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (match === null) throw new SyntaxError(`no JSON at ${this.#at}: ${this.#text.slice(this.#at, this.#at + 20)}`);
    this.#at = TOKEN.lastIndex;
    return match[1] ?? match[2] ?? match[3] ?? '';
  }
}
