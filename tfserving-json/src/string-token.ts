export type StringFault =
  | 'Missing a closing quotation mark in string.'
  | 'Invalid escape character in string.'
  | 'Incorrect hex digit after \\u escape in string.'
  | 'The surrogate pair in string is invalid.';

/** 1 for the bytes that stand for themselves. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte >= 0x20 && byte !== 0x22 && byte !== 0x5c));
/** The byte that a letter behind a backslash stands for; 0: none. */
const SHORT_ESCAPES = byteTable(0, { '"': 0x22, '/': 0x2f, '\\': 0x5c, b: 0x08, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09 });
const NO_DIGIT = 0xff;
const HEX_DIGITS = byteTable(
  NO_DIGIT,
  Object.fromEntries(Array.from('0123456789abcdefABCDEF', (digit) => [digit, Number.parseInt(digit, 16)])),
);

function byteTable(others: number, entries: Readonly<Record<string, number>>): Uint8Array {
  const table = new Uint8Array(256).fill(others);
  for (const [char, byte] of Object.entries(entries)) table[char.charCodeAt(0)] = byte;
  return table;
}

/** One string token, read as rapidjson 1.1.0 reads it without checking the encoding. One object is used for many tokens. */
export class StringToken {
  /** A byte string. */
  value = '';
  /** Index after the closing quote, or of the fault. */
  end = 0;
  fault: StringFault | undefined;

  #hasEscapes = false;

  /** Reads the token whose opening quote is at `start`; false with `fault` and `end` set when it is broken. */
  read(bytes: Buffer, start: number): boolean {
    if (!this.check(bytes, start)) return false;
    const { end } = this;
    this.value = this.#hasEscapes
      ? this.#unescaped(bytes, start + 1, end - 1)
      : bytes.toString('latin1', start + 1, end - 1);
    this.end = end;
    return true;
  }

  /** The same without the value. */
  check(bytes: Buffer, start: number): boolean {
    this.fault = undefined;
    this.#hasEscapes = false;
    const { length } = bytes;
    let at = start + 1;
    for (;;) {
      while (at < length && IS_PLAIN[bytes[at]!] === 1) at += 1;
      const byte = bytes[at];
      if (byte === 0x22) {
        this.end = at + 1;
        return true;
      }
      if (byte === 0x5c) {
        if (this.#readEscape(bytes, at) < 0) return false;
        this.#hasEscapes = true;
        at = this.end;
        continue;
      }
      if (byte === undefined || byte === 0) return this.#fail('Missing a closing quotation mark in string.', at);
      return this.#fail('Invalid escape character in string.', at);
    }
  }

  /** What stands between the quotes; nothing grows when it is unescaped. */
  #unescaped(bytes: Buffer, start: number, end: number): string {
    const text = Buffer.allocUnsafe(end - start);
    let length = 0;
    for (let at = start; at < end;) {
      if (bytes[at] !== 0x5c) text[length++] = bytes[at++] ?? 0;
      else {
        length = writeUtf8(text, length, this.#readEscape(bytes, at));
        at = this.end;
      }
    }
    return text.toString('latin1', 0, length);
  }

  #fail(fault: StringFault, at: number): false {
    this.fault = fault;
    this.end = at;
    return false;
  }

  /** The code point that the escape at `start` stands for, with `end` behind it; -1 with the fault, which is at the backslash. */
  #readEscape(bytes: Buffer, start: number): number {
    const letter = bytes[start + 1] ?? 0;
    const short = SHORT_ESCAPES[letter]!;
    if (short !== 0) {
      this.end = start + 2;
      return short;
    }
    if (letter !== 0x75) return this.#failEscape('Invalid escape character in string.', start);
    const high = hexUnit(bytes, start + 2);
    if (high < 0) return this.#failEscape('Incorrect hex digit after \\u escape in string.', start);
    this.end = start + 6;
    if (high < 0xd800 || high > 0xdbff) return high;
    if (bytes[this.end] !== 0x5c || bytes[this.end + 1] !== 0x75)
      return this.#failEscape('The surrogate pair in string is invalid.', start);
    const low = hexUnit(bytes, this.end + 2);
    if (low < 0) return this.#failEscape('Incorrect hex digit after \\u escape in string.', start);
    if (low < 0xdc00 || low > 0xdfff) return this.#failEscape('The surrogate pair in string is invalid.', start);
    this.end += 6;
    return ((high - 0xd800) << 10) + (low - 0xdc00) + 0x10000;
  }

  #failEscape(fault: StringFault, at: number): -1 {
    this.#fail(fault, at);
    return -1;
  }
}

/** The number of four hexadecimal digits; -1 where they are none. */
function hexUnit(bytes: Buffer, start: number): number {
  let unit = 0;
  for (let at = start; at < start + 4; at += 1) {
    const digit = HEX_DIGITS[bytes[at] ?? 0]!;
    if (digit === NO_DIGIT) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/** First bits of a sequence of 1 to 4 bytes. */
const FIRST_MARKS = [0, 0, 0xc0, 0xe0, 0xf0];

/** Writes a code point as UTF-8 and returns the index behind it. A lone low surrogate passes, as in rapidjson. */
function writeUtf8(text: Buffer, at: number, codePoint: number): number {
  const bytes = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  let rest = codePoint;
  for (let index = at + bytes - 1; index > at; index -= 1) {
    text[index] = 0x80 | (rest & 0x3f);
    rest >>= 6;
  }
  text[at] = FIRST_MARKS[bytes]! | rest;
  return at + bytes;
}
