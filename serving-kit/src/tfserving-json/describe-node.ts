import { JsonDouble, JsonObject, type JsonNode } from './json-node.js';
import { quoted } from './quoted.js';
import { shortDouble } from './short-double.js';

const LARGEST_TEXT = 256;

/**
 * A value as error texts quote it (a byte string): indented, arrays on one line, and left off once 256 bytes are
 * written, so that closing brackets may be missing. It also ends before NaN or an infinity, which have no JSON text.
 */
export function describeNode(node: JsonNode): string {
  const text = new Description();
  text.value(node, 0);
  return text.text;
}

class Description {
  text = '';

  /** False when the rest is left off. */
  value(node: JsonNode, depth: number): boolean {
    if (Array.isArray(node)) return this.#array(node, depth);
    if (node instanceof JsonObject) return this.#object(node, depth);
    if (node instanceof JsonDouble) {
      if (!Number.isFinite(node.value)) return false;
      this.text += shortDouble(node.value);
    } else this.text += typeof node === 'string' ? quoted(node) : String(node);
    return true;
  }

  #array(elements: readonly JsonNode[], depth: number): boolean {
    this.text += '[';
    for (const [index, element] of elements.entries()) {
      if (this.text.length >= LARGEST_TEXT) return false;
      if (index > 0) this.text += ', ';
      if (!this.value(element, depth + 1)) return false;
    }
    if (this.text.length >= LARGEST_TEXT) return false;
    this.text += ']';
    return true;
  }

  #object({ names, values }: JsonObject, depth: number): boolean {
    this.text += '{';
    for (const [index, name] of names.entries()) {
      if (this.text.length >= LARGEST_TEXT) return false;
      this.text += `${index > 0 ? ',' : ''}\n${'    '.repeat(depth + 1)}${quoted(name)}`;
      if (this.text.length >= LARGEST_TEXT) return false;
      this.text += ': ';
      if (!this.value(values[index] ?? null, depth + 1)) return false;
    }
    if (this.text.length >= LARGEST_TEXT) return false;
    if (names.length > 0) this.text += `\n${'    '.repeat(depth)}`;
    this.text += '}';
    return true;
  }
}
