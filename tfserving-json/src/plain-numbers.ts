import { flushedFloat } from './flushed-float.js';
import { LARGEST_EXACT, NumberToken, ROOM_FOR_A_DIGIT, timesTenPlus } from './number-token.js';
import { MOST_VALUES, type JsonNumericTensor } from './tensor.js';

/** Deeper lists, and all other irregularities, are left to the full parser. */
const DEEPEST = 8;
/** So many digits fit an int32, whose arithmetic is the fastest. */
const HEAD_DIGITS = 9;
/** The point and the letter e (in lower case) as digits, that is minus the code of '0'. */
const POINT = 0x2e - 0x30;
const EXPONENT = 0x65 - 0x30;
const POWERS_OF_TEN = Float64Array.from({ length: 41 }, (_, exponent) => Number(`1e${exponent}`));
const FIRST_VALUES = 1024;
/** Blocks grow up to this: growing costs no copy of what is there, and one block is kept for the next request. */
const LARGEST_BLOCK = 1 << 18;
/** The full parser refuses more values. */
const MOST_BLOCKS = MOST_VALUES / LARGEST_BLOCK;

/**
 * Numbers in nested lists without irregularities, the usual value of `instances` and `inputs`, read straight from the
 * bytes: no JavaScript value per number, which the full parser takes ten times as long for. The values stay in scratch
 * memory until `clear`.
 */
export class PlainNumbers {
  /** Sizes of the nested lists that were read last; empty for a single number. */
  shape: readonly number[] = [];
  /** Index after what was read last. */
  end = 0;
  /** Blocks that are full, each in as few bytes as its values need: a body of short numbers is not kept in four times its size. */
  #full: Block[] = [];
  #values = new Float64Array(FIRST_VALUES);
  /** Values of the block that is not full. */
  #count = 0;
  #onlyIntegers = true;
  readonly #token = new NumberToken();
  readonly #sizes = new Int32Array(DEEPEST + 1);
  readonly #counts = new Int32Array(DEEPEST + 1);

  clear(): void {
    this.#count = 0;
    this.#onlyIntegers = true;
    this.#full = [];
  }

  /** Adds the numbers of the value that starts at `start`; false when it is not regular or not only numbers. */
  read(bytes: Uint8Array, start: number): boolean {
    const sizes = this.#sizes;
    const counts = this.#counts;
    sizes.fill(-1);
    let values = this.#values;
    let count = this.#count;
    let onlyIntegers = this.#onlyIntegers;
    let depth = 0;
    let rank = -1;
    let at = start;
    for (;;) {
      let byte = bytes[at]!;
      while (byte <= 0x20) {
        if (!isSpace(byte)) return false;
        byte = bytes[++at]!;
      }
      if (byte === 0x5b) {
        if (depth === DEEPEST || depth === rank) return false;
        counts[++depth] = 0;
        at += 1;
        continue;
      }
      if (rank < 0) rank = depth;
      else if (depth !== rank) return false;

      // The same steps as in NumberToken, for tokens without an exponent and not too long.
      const first = at;
      const negative = byte === 0x2d;
      if (negative) byte = bytes[++at]!;
      const firstDigit = at;
      let head = 0;
      let headEnd = at + HEAD_DIGITS;
      let digit = byte - 0x30;
      while (digit >= 0 && digit <= 9 && at < headEnd) {
        head = (head * 10 + digit) | 0;
        digit = bytes[++at]! - 0x30;
      }
      const digits = at - firstDigit;
      let usual = digits === 1 || (digits > 1 && bytes[firstDigit] !== 0x30);
      let value = head;
      if (digit === POINT) {
        onlyIntegers = false;
        digit = bytes[++at]! - 0x30;
        const firstPlace = at;
        headEnd += 1;
        while (digit >= 0 && digit <= 9 && at < headEnd) {
          head = (head * 10 + digit) | 0;
          digit = bytes[++at]! - 0x30;
        }
        value = head;
        while (digit >= 0 && digit <= 9 && value <= LARGEST_EXACT) {
          value = value <= ROOM_FOR_A_DIGIT ? value * 10 + digit : timesTenPlus(value, digit);
          digit = bytes[++at]! - 0x30;
        }
        const places = at - firstPlace;
        usual &&= places > 0 && places < POWERS_OF_TEN.length;
        value /= POWERS_OF_TEN[places]!;
        if (negative) value = -value;
      } else if (negative) {
        // There is no negative zero among integers.
        value = 0 - value;
      }
      if (!usual || (digit >= 0 && digit <= 9) || (digit | 0x20) === EXPONENT) {
        const token = this.#token;
        if (!token.read(bytes, first) || token.big !== undefined) return false;
        onlyIntegers &&= !token.isDouble;
        value = token.value;
        at = token.end;
      }

      if (count === values.length) {
        if (this.#full.length === MOST_BLOCKS) return false;
        values = this.#nextBlock();
        count = 0;
      }
      values[count++] = value;
      // Behind a value: close lists as long as they end, then go on behind the next comma.
      while (depth > 0) {
        const length = counts[depth]! + 1;
        counts[depth] = length;
        byte = bytes[at++]!;
        while (byte <= 0x20) {
          if (!isSpace(byte)) return false;
          byte = bytes[at++]!;
        }
        if (byte === 0x2c) break;
        if (byte !== 0x5d) return false;
        if (sizes[depth]! < 0) sizes[depth] = length;
        else if (sizes[depth] !== length) return false;
        depth -= 1;
      }
      if (depth === 0) {
        this.#count = count;
        this.#onlyIntegers = onlyIntegers;
        this.end = at;
        this.shape = Array.from(sizes.subarray(1, rank + 1));
        return true;
      }
    }
  }

  /** All values as a tensor, or undefined when they may not all fit the type (the full parser will tell). Forgets them. */
  toTensor(dtype: string | undefined, shape: readonly number[]): JsonNumericTensor | undefined {
    const blocks: Block[] = [...this.#full, this.#values.subarray(0, this.#count)];
    const onlyIntegers = this.#onlyIntegers;
    this.clear();
    const count = blocks.reduce((sum, { length }) => sum + length, 0);
    switch (dtype) {
      case 'float': {
        const floats = new Float32Array(count);
        let at = 0;
        for (let block = blocks.shift(); block !== undefined; block = blocks.shift())
          for (const value of block) floats[at++] = flushedFloat(value);
        return { dtype, shape, data: new Uint8Array(floats.buffer) };
      }
      case 'double':
        return { dtype, shape, data: new Uint8Array(joined(blocks, new Float64Array(count)).buffer) };
      case 'int32':
      case 'int16':
      case 'int8':
      case 'uint8': {
        if (!onlyIntegers || !areAll(blocks, (value) => value === (value | 0))) return undefined;
        const integers = new INTEGERS[dtype](count);
        return { dtype, shape, data: new Uint8Array(joined(blocks, integers).buffer) };
      }
      case 'uint32':
        if (!onlyIntegers || !areAll(blocks, (value) => value === value >>> 0)) return undefined;
        return { dtype, shape, data: new Uint8Array(joined(blocks, new Uint32Array(count)).buffer) };
      case 'int64':
      case 'uint64':
        if (!onlyIntegers || (dtype === 'uint64' && !areAll(blocks, (value) => value >= 0))) return undefined;
        return { dtype, shape, data: new Uint8Array(halves(blocks, count).buffer) };
      default:
        return undefined;
    }
  }

  #nextBlock(): Float64Array<ArrayBuffer> {
    if (this.#values.length === LARGEST_BLOCK) this.#full.push(narrowed(this.#values));
    else {
      this.#full.push(this.#values);
      this.#values = new Float64Array(this.#values.length * 2);
    }
    return this.#values;
  }
}

type Block = Float64Array | Float32Array | Int32Array | Int16Array | Int8Array;

/** A copy of the same values; of types that hold each of them exactly the smallest. */
function narrowed(values: Float64Array): Block {
  for (const Type of [Int8Array, Int16Array, Int32Array, Float32Array]) {
    const copy = new Type(values);
    if (values.every((value, at) => Object.is(copy[at], value))) return copy;
  }
  return values.slice();
}

/** Integers are narrowed as C++ narrows them, which is what typed arrays do too. */
const INTEGERS = { int32: Int32Array, int16: Int16Array, int8: Int8Array, uint8: Uint8Array } as const;

function areAll(blocks: readonly Block[], fits: (value: number) => boolean): boolean {
  return blocks.every((block) => (block as Float64Array).every(fits));
}

/** Takes the blocks away one by one, so that their memory can be used for what comes next. */
function joined<T extends Float64Array | InstanceType<(typeof INTEGERS)[keyof typeof INTEGERS]> | Uint32Array>(
  blocks: Block[],
  into: T,
): T {
  let at = 0;
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    into.set(block, at);
    at += block.length;
  }
  return into;
}

/** 64-bit integers, low half first: all are exact as a double, and no BigInt is made of each. */
function halves(blocks: Block[], count: number): Int32Array<ArrayBuffer> {
  const into = new Int32Array(2 * count);
  let at = 0;
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift())
    for (const value of block) {
      const high = Math.floor(value / 2 ** 32);
      into[at++] = value - high * 2 ** 32;
      into[at++] = high;
    }
  return into;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
