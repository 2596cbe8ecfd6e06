import { JsonDouble, type JsonText } from './json-text.js';
import { quoted } from './quoted.js';
import { shortDouble } from './short-double.js';

const LARGEST_TEXT = 256;
/** Of one string; the real server quotes all of it. */
const LONGEST_STRING = 64 * 1024;

/**
 * The value at an index as error texts quote it (a byte string): indented, arrays on one line, and left off once 256 bytes are
 * written, so that closing brackets may be missing. It also ends before NaN or an infinity, which have no JSON text.
 */
export function describeValue(json: JsonText, at: number): string {
  const description = new Description(json);
  description.value(at, 0);
  return description.text;
}

class Description {
  text = '';
  readonly #json: JsonText;

  constructor(json: JsonText) {
    this.#json = json;
  }

  /** False when the rest is left off; otherwise the end of the value is the text's. */
  value(at: number, depth: number): boolean {
    const json = this.#json;
    if (json.isArray(at)) return this.#array(at, depth);
    if (json.isObject(at)) return this.#object(at, depth);
    const scalar = json.scalar(at);
    if (scalar instanceof JsonDouble) {
      if (!Number.isFinite(scalar.value)) return false;
      this.text += shortDouble(scalar.value);
    } else this.text += typeof scalar === 'string' ? quoted(scalar.slice(0, LONGEST_STRING)) : String(scalar);
    return true;
  }

  #array(at: number, depth: number): boolean {
    const json = this.#json;
    this.text += '[';
    let behind = at + 1;
    for (let element = json.next(behind), index = 0; element !== undefined; element = json.next(behind), index += 1) {
      if (this.#isLong()) return false;
      if (index > 0) this.text += ', ';
      if (!this.value(element, depth + 1)) return false;
      behind = json.end;
    }
    if (this.#isLong()) return false;
    this.#close(']', behind);
    return true;
  }

  #object(at: number, depth: number): boolean {
    const json = this.#json;
    this.text += '{';
    let behind = at + 1;
    for (let member = json.next(behind), index = 0; member !== undefined; member = json.next(behind), index += 1) {
      if (this.#isLong()) return false;
      this.text += `${index > 0 ? ',' : ''}\n${'    '.repeat(depth + 1)}${quoted(json.string(member).slice(0, LONGEST_STRING))}`;
      if (this.#isLong()) return false;
      this.text += ': ';
      if (!this.value(json.memberValue(member), depth + 1)) return false;
      behind = json.end;
    }
    if (this.#isLong()) return false;
    if (behind > at + 1) this.text += `\n${'    '.repeat(depth)}`;
    this.#close('}', behind);
    return true;
  }

  #close(bracket: string, behind: number): void {
    this.text += bracket;
    this.#json.end = this.#json.skipSpace(behind) + 1;
  }

  #isLong(): boolean {
    return this.text.length >= LARGEST_TEXT;
  }
}
