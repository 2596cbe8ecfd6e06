export type StringFault =
  | 'Missing a closing quotation mark in string.'
  | 'Invalid escape character in string.'
  | 'Incorrect hex digit after \\u escape in string.'
  | 'The surrogate pair in string is invalid.';

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '/': '/',
  '\\': '\\',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

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
    let at = start + 1;
    for (;;) {
      const byte = bytes[at];
      if (byte === 0x22) {
        this.end = at + 1;
        return true;
      }
      if (byte === 0x5c) {
        if (this.#readEscape(bytes, at) === undefined) return false;
        this.#hasEscapes = true;
        at = this.end;
        continue;
      }
      if (byte === undefined || byte === 0) return this.#fail('Missing a closing quotation mark in string.', at);
      if (byte < 0x20) return this.#fail('Invalid escape character in string.', at);
      at += 1;
    }
  }

  /** What stands between the quotes; nothing grows when it is unescaped. */
  #unescaped(bytes: Buffer, start: number, end: number): string {
    const text = Buffer.allocUnsafe(end - start);
    let length = 0;
    for (let at = start; at < end;) {
      if (bytes[at] !== 0x5c) text[length++] = bytes[at++] ?? 0;
      else {
        length += text.write(this.#readEscape(bytes, at) ?? '', length, 'latin1');
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

  /** The char behind a backslash as a byte string, with `end` behind it; faults are reported at the backslash. */
  #readEscape(bytes: Buffer, start: number): string | undefined {
    const letter = bytes[start + 1] ?? 0;
    const short = SHORT_ESCAPES[String.fromCharCode(letter)];
    if (short !== undefined) {
      this.end = start + 2;
      return short;
    }
    const fault = letter === 0x75 ? this.#readUnicode(bytes, start) : 'Invalid escape character in string.';
    if (typeof fault === 'number') return utf8(fault);
    this.#fail(fault, start);
    return undefined;
  }

  #readUnicode(bytes: Buffer, start: number): number | StringFault {
    const high = hexUnit(bytes, start + 2);
    if (high === undefined) return 'Incorrect hex digit after \\u escape in string.';
    this.end = start + 6;
    if (high < 0xd800 || high > 0xdbff) return high;
    if (bytes[this.end] !== 0x5c || bytes[this.end + 1] !== 0x75) return 'The surrogate pair in string is invalid.';
    const low = hexUnit(bytes, this.end + 2);
    if (low === undefined) return 'Incorrect hex digit after \\u escape in string.';
    if (low < 0xdc00 || low > 0xdfff) return 'The surrogate pair in string is invalid.';
    this.end += 6;
    return ((high - 0xd800) << 10) + (low - 0xdc00) + 0x10000;
  }
}

function hexUnit(bytes: Buffer, start: number): number | undefined {
  const digits = bytes.toString('latin1', start, start + 4);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

/** A code point as UTF-8 in a byte string. A lone low surrogate passes, as in rapidjson. */
function utf8(codePoint: number): string {
  if (codePoint < 0x80) return String.fromCharCode(codePoint);
  const tail = (shift: number): number => 0x80 | ((codePoint >> shift) & 0x3f);
  if (codePoint < 0x800) return String.fromCharCode(0xc0 | (codePoint >> 6), tail(0));
  if (codePoint < 0x10000) return String.fromCharCode(0xe0 | (codePoint >> 12), tail(6), tail(0));
  return String.fromCharCode(0xf0 | (codePoint >> 18), tail(12), tail(6), tail(0));
}
