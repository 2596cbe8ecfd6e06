import { describeValue } from './describe-value.js';
import type { Elements } from './elements.js';
import { invalid, JsonRequestError } from './json-request-error.js';
import type { JsonText } from './json-text.js';

/** The shape that the nesting of a value tells: along the first child of each list. `[]` for a value that is no list. */
export function nestingShape(json: JsonText, value: number): number[] {
  const sizes: number[] = [];
  let at = value;
  while (json.isArray(at)) {
    at = json.skipSpace(at + 1);
    const isEmpty = json.bytes[at] === 0x5d;
    sizes.push(isEmpty ? 0 : 1);
    if (isEmpty) break;
  }
  countRest(json, at, sizes, sizes.length);
  return sizes;
}

/** The lists that are open at `from` have `counts` elements so far: counts the others up to their ends. */
function countRest(json: JsonText, from: number, counts: number[], lists: number): void {
  const { bytes } = json;
  let open = lists;
  /** Brackets inside an element of the innermost list that counts. */
  let depth = 0;
  for (let at = from; open > 0; at += 1) {
    const byte = bytes[at];
    if (byte === 0x22) at = json.skipString(at) - 1;
    else if (byte === 0x5b || byte === 0x7b) depth += 1;
    else if (byte === 0x5d || byte === 0x7d) {
      if (depth > 0) depth -= 1;
      else open -= 1;
    } else if (byte === 0x2c && depth === 0) counts[open - 1] = (counts[open - 1] ?? 0) + 1;
  }
}

/**
 * Adds all values of a nested list of that shape, in order; `json.end` is behind it then. Returns how many there were. Throws
 * JsonRequestError where the nesting leaves the shape. Needs no call stack per level.
 */
export function fillElements(json: JsonText, value: number, shape: readonly number[], elements: Elements): number {
  const walk = new Walk(json, shape, elements);
  try {
    return walk.fill(value);
  } catch (error) {
    if (error instanceof JsonRequestError) walk.checkOpenLists();
    throw error;
  }
}

class Walk {
  readonly #json: JsonText;
  readonly #shape: readonly number[];
  readonly #elements: Elements;
  /** Elements so far of the lists that are open, outermost first, and how many lists these are. */
  readonly #counts: number[] = [];
  #open = 0;
  #at = 0;

  constructor(json: JsonText, shape: readonly number[], elements: Elements) {
    this.#json = json;
    this.#shape = shape;
    this.#elements = elements;
  }

  fill(value: number): number {
    const json = this.#json;
    const rank = this.#shape.length;
    let count = 0;
    this.#at = value;
    for (;;) {
      if (json.isArray(this.#at)) {
        if (this.#enter()) continue;
      } else {
        if (this.#open !== rank)
          throw invalid(
            `JSON Value: ${describeValue(json, this.#at)} found at incorrect level: ${this.#open + 1} in the JSON DOM. Expected at level: ${rank}`,
          );
        this.#elements.add(json, this.#at);
        count += 1;
        this.#at = json.end;
      }
      if (!this.#goOn()) {
        json.end = this.#at;
        return count;
      }
    }
  }

  /** Goes to the first element of the list; false when it has none. */
  #enter(): boolean {
    const rank = this.#shape.length;
    if (this.#open >= rank) throw invalid(`Encountered list at unexpected level: ${this.#open} expected < ${rank}`);
    this.#at = this.#json.skipSpace(this.#at + 1);
    const hasElements = this.#json.bytes[this.#at] !== 0x5d;
    this.#counts[this.#open] = hasElements ? 1 : 0;
    this.#open += 1;
    return hasElements;
  }

  /** Closes lists as long as they end, and goes to the next element; false when all are closed. */
  #goOn(): boolean {
    const json = this.#json;
    while (this.#open > 0) {
      this.#at = json.skipSpace(this.#at);
      if (json.bytes[this.#at] === 0x2c) {
        const innermost = this.#open - 1;
        this.#counts[innermost] = (this.#counts[innermost] ?? 0) + 1;
        this.#at = json.skipSpace(this.#at + 1);
        return true;
      }
      if (this.#counts[this.#open - 1] !== this.#shape[this.#open - 1]) this.checkOpenLists();
      this.#open -= 1;
      this.#at += 1;
    }
    return false;
  }

  /**
   * Throws for the outermost open list that has another size than the shape says. A list's size is only known at its end, but
   * to the real server before its elements: whatever is wrong inside, this comes first.
   */
  checkOpenLists(): void {
    const counts = this.#counts.slice(0, this.#open);
    countRest(this.#json, this.#at, counts, this.#open);
    for (let level = 0; level < this.#open; level += 1)
      if (counts[level] !== this.#shape[level])
        throw invalid(
          `Encountered list at unexpected size: ${counts[level] ?? 0} at level: ${level} expected size: ${this.#shape[level] ?? 0}`,
        );
  }
}
