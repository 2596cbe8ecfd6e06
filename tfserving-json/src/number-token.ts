const ZERO = 0x30;
/** 2^53 - 1 */
export const LARGEST_EXACT = 9007199254740991;
/** Below this another digit keeps an integer exact. */
export const ROOM_FOR_A_DIGIT = 900719925474098;
/** Numbers smaller than this are subnormal: TensorFlow Serving's REST threads flush them to zero. */
const SMALLEST_NORMAL_DOUBLE = 2.2250738585072014e-308;
/** rapidjson's guard against overflow: a tenth of the largest double. */
const LARGEST_TENTH = Number('1.7976931348623157e307');
const POWERS_OF_TEN: readonly number[] = Array.from({ length: 309 }, (_, exponent) => Number(`1e${exponent}`));

export type NumberFault =
  | 'Invalid value.'
  | 'Miss fraction part in number.'
  | 'Miss exponent in number.'
  | 'Number too big to be stored in double.';

/**
 * One number token, read as rapidjson 1.1.0 reads it without its full-precision flag: most decimals are rounded
 * correctly, those with many digits or large exponents may be off by some units in the last place, exactly as there
 * (as recorded: `1e-45` is read as 1.0000000000000001e-45). One object is used for many tokens.
 */
export class NumberToken {
  /** What was read, when it is exact as a number or a double. */
  value = 0;
  /** An integer token too large for `value`. */
  big: bigint | undefined;
  isDouble = false;
  /** Index after the token, or of the fault. */
  end = 0;
  fault: NumberFault | undefined;

  #significantDigits = 0;

  /** Reads the token at `start`; false with `fault` and `end` set when it is none. */
  read(bytes: Uint8Array, start: number): boolean {
    this.#restart(start);
    const negative = bytes[start] === 0x2d;
    if (negative) this.end += 1;
    const first = bytes[this.end];
    if (first === 0x49 || first === 0x4e) {
      if (!this.#readNonFinite(bytes, negative)) return false;
      if (!startsFractionOrExponent(bytes[this.end])) return true;
      // With a fraction or an exponent behind it, rapidjson goes on as if it had read a zero.
      this.isDouble = false;
      this.value = 0;
      this.#significantDigits = 0;
    } else if (!isDigit(first)) return this.#fail('Invalid value.');
    else if (!this.#readInteger(bytes, start, negative)) return false;
    let exponent = 0;
    if (bytes[this.end] === 0x2e) {
      this.end += 1;
      if (!isDigit(bytes[this.end])) return this.#fail('Miss fraction part in number.');
      exponent = this.#readFraction(bytes);
    }
    const mark = bytes[this.end];
    if (mark === 0x65 || mark === 0x45) {
      const written = this.#readExponent(bytes, start, 308 - exponent);
      if (written === undefined) return false;
      exponent += written;
    }
    if (this.isDouble) {
      const magnitude = scaled(this.value, exponent);
      this.value = negative ? -magnitude : magnitude;
    } else if (negative) this.#negate();
    return true;
  }

  #restart(start: number): void {
    this.fault = undefined;
    this.big = undefined;
    this.isDouble = false;
    this.end = start;
  }

  #negate(): void {
    if (this.big !== undefined) this.big = -this.big;
    else if (this.value !== 0) this.value = -this.value;
  }

  #fail(fault: NumberFault, at = this.end): false {
    this.fault = fault;
    this.end = at;
    return false;
  }

  #readNonFinite(bytes: Uint8Array, negative: boolean): boolean {
    this.isDouble = true;
    if (this.#take(bytes, 'NaN')) {
      this.value = NaN;
      return true;
    }
    if (!this.#take(bytes, 'Inf')) return this.#fail('Invalid value.');
    if (bytes[this.end] === 0x69 && !this.#take(bytes, 'inity')) return this.#fail('Invalid value.');
    this.value = negative ? -Infinity : Infinity;
    return true;
  }

  /** Consumes the text as far as it fits; true when all of it did. */
  #take(bytes: Uint8Array, text: string): boolean {
    for (let index = 0; index < text.length; index++) {
      if (bytes[this.end] !== text.charCodeAt(index)) return false;
      this.end += 1;
    }
    return true;
  }

  #readInteger(bytes: Uint8Array, start: number, negative: boolean): boolean {
    let at = this.end;
    let value = (bytes[at] ?? ZERO) - ZERO;
    at += 1;
    let digit = bytes[at];
    this.#significantDigits = 0;
    if (value !== 0) {
      while (isDigit(digit) && value <= ROOM_FOR_A_DIGIT) {
        value = value * 10 + (digit - ZERO);
        this.#significantDigits += 1;
        at += 1;
        digit = bytes[at];
      }
    }
    this.value = value;
    this.end = at;
    if (value === 0 || !isDigit(digit)) return true;
    return this.#readLongInteger(bytes, start, negative);
  }

  /** From the 16th digit on: exact up to uint64 (int64 with a minus sign), then a double. */
  #readLongInteger(bytes: Uint8Array, start: number, negative: boolean): boolean {
    const limit = negative ? 9223372036854775808n : 18446744073709551615n;
    let value = BigInt(this.value);
    let digit = bytes[this.end];
    while (isDigit(digit)) {
      const next = value * 10n + BigInt(digit - ZERO);
      if (next > limit) return this.#readOversizedInteger(bytes, start, Number(value));
      value = next;
      this.#significantDigits += 1;
      this.end += 1;
      digit = bytes[this.end];
    }
    this.value = Number(value);
    if (value > BigInt(LARGEST_EXACT)) this.big = value;
    return true;
  }

  #readOversizedInteger(bytes: Uint8Array, start: number, head: number): boolean {
    let value = head;
    let digit = bytes[this.end];
    while (isDigit(digit)) {
      if (value >= LARGEST_TENTH) return this.#fail('Number too big to be stored in double.', start);
      value = value * 10 + (digit - ZERO);
      this.end += 1;
      digit = bytes[this.end];
    }
    this.isDouble = true;
    this.value = value;
    return true;
  }

  /** The digits after the point; returns the (negative) power of ten they put on the value. */
  #readFraction(bytes: Uint8Array): number {
    let value = this.value;
    let exponent = 0;
    let at = this.end;
    let digit = bytes[at];
    if (!this.isDouble && this.big === undefined) {
      while (isDigit(digit) && value <= LARGEST_EXACT) {
        value = value <= ROOM_FOR_A_DIGIT ? value * 10 + (digit - ZERO) : timesTenPlus(value, digit - ZERO);
        exponent -= 1;
        if (value !== 0) this.#significantDigits += 1;
        at += 1;
        digit = bytes[at];
      }
    }
    while (isDigit(digit)) {
      if (this.#significantDigits < 17) {
        value = value * 10 + (digit - ZERO);
        exponent -= 1;
        if (value > 0) this.#significantDigits += 1;
      }
      at += 1;
      digit = bytes[at];
    }
    this.#becomeDouble(value, at);
    return exponent;
  }

  #readExponent(bytes: Uint8Array, start: number, largest: number): number | undefined {
    this.#becomeDouble(this.value, this.end + 1);
    const sign = bytes[this.end];
    if (sign === 0x2b || sign === 0x2d) this.end += 1;
    let digit = bytes[this.end];
    if (!isDigit(digit)) {
      this.#fail('Miss exponent in number.');
      return undefined;
    }
    let exponent = digit - ZERO;
    this.end += 1;
    digit = bytes[this.end];
    while (isDigit(digit)) {
      if (sign !== 0x2d || exponent < 214748364) exponent = exponent * 10 + (digit - ZERO);
      if (sign !== 0x2d && exponent > largest) {
        this.#fail('Number too big to be stored in double.', start);
        return undefined;
      }
      this.end += 1;
      digit = bytes[this.end];
    }
    return sign === 0x2d ? -exponent : exponent;
  }

  #becomeDouble(value: number, end: number): void {
    this.value = value;
    this.big = undefined;
    this.isDouble = true;
    this.end = end;
  }
}

function isDigit(byte: number | undefined): byte is number {
  return byte !== undefined && byte >= ZERO && byte <= 0x39;
}

function startsFractionOrExponent(byte: number | undefined): boolean {
  return byte === 0x2e || byte === 0x65 || byte === 0x45;
}

/** value * 10 + digit rounded once, for a value that leaves no room for another exact digit. */
export function timesTenPlus(value: number, digit: number): number {
  const high = Math.floor(value / 2097152);
  return high * 10 * 2097152 + ((value - high * 2097152) * 10 + digit);
}

function scaled(value: number, exponent: number): number {
  if (exponent >= -308) return scaledOnce(value, exponent);
  return scaledOnce(scaledOnce(value, -308), exponent + 308);
}

function scaledOnce(value: number, exponent: number): number {
  if (exponent < -308) return 0;
  const result =
    exponent >= 0 ? value * (POWERS_OF_TEN[exponent] ?? Infinity) : value / (POWERS_OF_TEN[-exponent] ?? Infinity);
  return result < SMALLEST_NORMAL_DOUBLE ? 0 : result;
}
