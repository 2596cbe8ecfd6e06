import { ESCAPES } from './quoted.js';

const BACKSLASH_OR_QUOTE_OR_CONTROL = ESCAPES.map((escape) => escape !== undefined);
const KEPT_BYTES = 1 << 20;
/** Up to here writing chars one by one is faster than a call into native code. */
const LONGEST_LOOP = 24;

/** A growing buffer for the text of one answer; `take` gives the text and makes the writer ready for the next. */
export class ByteWriter {
  bytes: Buffer = Buffer.allocUnsafeSlow(4096);
  length = 0;

  /** Makes room for that many bytes, which the caller then writes at `length`. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + count));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  /** A byte string (so plain ASCII too). */
  ascii(text: string): void {
    this.reserve(text.length);
    if (text.length > LONGEST_LOOP) {
      this.length += this.bytes.write(text, this.length, 'latin1');
      return;
    }
    const { bytes } = this;
    let at = this.length;
    for (let index = 0; index < text.length; index++) bytes[at++] = text.charCodeAt(index);
    this.length = at;
  }

  /** The separator of elements on one line. */
  comma(): void {
    this.reserve(2);
    this.bytes[this.length] = 0x2c;
    this.bytes[this.length + 1] = 0x20;
    this.length += 2;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  raw(content: Uint8Array): void {
    this.reserve(content.length);
    this.bytes.set(content, this.length);
    this.length += content.length;
  }

  /** Bytes as a JSON string, quotes included; bytes that are not UTF-8 stay as they are. */
  quoted(content: Uint8Array): void {
    this.byte(0x22);
    let plainFrom = 0;
    for (let index = 0; index < content.length; index++) {
      const byte = content[index] ?? 0;
      if (BACKSLASH_OR_QUOTE_OR_CONTROL[byte] !== true) continue;
      this.raw(content.subarray(plainFrom, index));
      this.ascii(ESCAPES[byte] ?? '');
      plainFrom = index + 1;
    }
    this.raw(plainFrom === 0 ? content : content.subarray(plainFrom));
    this.byte(0x22);
  }

  take(): Buffer {
    const text = this.bytes.subarray(0, this.length);
    if (this.bytes.length > KEPT_BYTES) {
      this.clear();
      return text;
    }
    this.length = 0;
    return Buffer.from(text);
  }

  /** Forgets the text, and memory that only an exceptionally large one needed. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length > KEPT_BYTES) this.bytes = Buffer.allocUnsafeSlow(4096);
  }
}
