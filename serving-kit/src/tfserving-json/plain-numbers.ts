import { flushedFloat } from './flushed-float.js';
import { NumberToken } from './number-token.js';
import type { JsonNumericTensor } from './tensor.js';

/** Deeper lists, and all other irregularities, are left to the full parser. */
const DEEPEST = 8;
const LARGEST_EXACT_DIGITS = 15;
const POWERS_OF_TEN: readonly number[] = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
/** Above this many values the scratch memory is given back after use. */
const KEPT_VALUES = 1 << 20;

/**
 * A nested list of numbers without irregularities, the usual value of `instances` and `inputs`, read straight from the
 * bytes: no JavaScript value per number. The parser of everything else is ten times slower on images.
 * `read` leaves the values in scratch memory that the next `read` overwrites: take the tensor before.
 */
export class PlainNumbers {
  /** Sizes of the nested lists. */
  shape: number[] = [];
  /** Index after the closing bracket. */
  end = 0;
  #values = new Float64Array(1024);
  #count = 0;
  #onlyIntegers = true;
  readonly #token = new NumberToken();
  readonly #sizes = new Int32Array(DEEPEST + 1);
  readonly #counts = new Int32Array(DEEPEST + 1);

  /** Reads the list whose opening bracket is at `start`; false when it is not regular or not only numbers. */
  read(bytes: Uint8Array, start: number): boolean {
    const sizes = this.#sizes;
    const counts = this.#counts;
    sizes.fill(-1);
    this.#count = 0;
    this.#onlyIntegers = true;
    let depth = 0;
    let rank = -1;
    let at = start;
    for (;;) {
      let byte = bytes[at];
      while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at];
      if (byte === 0x5b) {
        if (depth === DEEPEST || depth === rank) return false;
        depth += 1;
        counts[depth] = 0;
        at += 1;
        continue;
      }
      if (rank < 0) rank = depth;
      else if (depth !== rank) return false;
      at = this.#number(bytes, at);
      if (at < 0) return false;
      counts[depth] = (counts[depth] ?? 0) + 1;
      // Behind a value: close lists as long as they end, then go on behind the next comma.
      for (;;) {
        byte = bytes[at];
        while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at];
        at += 1;
        if (byte === 0x2c) break;
        if (byte !== 0x5d) return false;
        const size = counts[depth] ?? 0;
        if ((sizes[depth] ?? -1) < 0) sizes[depth] = size;
        else if (sizes[depth] !== size) return false;
        depth -= 1;
        if (depth === 0) {
          this.end = at;
          this.shape = Array.from(sizes.subarray(1, rank + 1));
          return true;
        }
        counts[depth] = (counts[depth] ?? 0) + 1;
      }
    }
  }

  /** The values as a tensor of that type, or undefined when they may not all fit it (the full parser will tell). */
  toTensor(dtype: string | undefined): JsonNumericTensor | undefined {
    const values = this.#values.subarray(0, this.#count);
    const { shape } = this;
    switch (dtype) {
      case 'float': {
        const floats = new Float32Array(values.length);
        for (let index = 0; index < values.length; index++) floats[index] = flushedFloat(values[index] ?? 0);
        return { dtype, shape, data: new Uint8Array(floats.buffer) };
      }
      case 'double':
        return { dtype, shape, data: new Uint8Array(Float64Array.from(values).buffer) };
      case 'int32':
        if (!this.#onlyIntegers || values.some((value) => value !== (value | 0))) return undefined;
        return { dtype, shape, data: new Uint8Array(Int32Array.from(values).buffer) };
      default:
        return undefined;
    }
  }

  /** Gives scratch memory back after an exceptionally large request. */
  trim(): void {
    if (this.#values.length > KEPT_VALUES) this.#values = new Float64Array(1024);
  }

  /** Reads a number and returns the index after it, or a negative number when there is none that is exact. */
  #number(bytes: Uint8Array, start: number): number {
    let at = start;
    let byte = bytes[at] ?? 0;
    const negative = byte === 0x2d;
    if (negative) byte = bytes[++at] ?? 0;
    // The common case first: up to 15 digits with a plain fraction, which one division rounds correctly.
    const firstDigit = at;
    let value = 0;
    while (byte >= 0x30 && byte <= 0x39) {
      value = value * 10 + (byte - 0x30);
      byte = bytes[++at] ?? 0;
    }
    const wholeDigits = at - firstDigit;
    let fractionDigits = 0;
    if (byte === 0x2e) {
      const firstFraction = ++at;
      byte = bytes[at] ?? 0;
      while (byte >= 0x30 && byte <= 0x39) {
        value = value * 10 + (byte - 0x30);
        byte = bytes[++at] ?? 0;
      }
      fractionDigits = at - firstFraction;
      if (fractionDigits === 0) return -1;
      this.#onlyIntegers = false;
    }
    const leadingZero = wholeDigits > 1 && bytes[firstDigit] === 0x30;
    if (
      wholeDigits === 0 ||
      leadingZero ||
      wholeDigits + fractionDigits > LARGEST_EXACT_DIGITS ||
      (byte | 0x20) === 0x65
    )
      return this.#unusualNumber(bytes, start);
    if (fractionDigits > 0) {
      value = value / (POWERS_OF_TEN[fractionDigits] ?? 1);
      if (negative) value = -value;
    } else if (negative && value !== 0) value = -value;
    this.#push(value);
    return at;
  }

  #unusualNumber(bytes: Uint8Array, start: number): number {
    const token = this.#token;
    if (!token.read(bytes, start) || token.big !== undefined) return -1;
    if (token.isDouble) this.#onlyIntegers = false;
    this.#push(token.value);
    return token.end;
  }

  #push(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = value;
  }
}
