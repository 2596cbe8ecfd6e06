const LENGTH_DELIMITED = 2;
const LONGEST_VARINT = 10;

/** The bytes of one protobuf message, written from its start. */
export class MessageBytes {
  #bytes = Buffer.alloc(0);
  #length = 0;

  /** A length-delimited field. */
  field(number: number, content: Uint8Array): void {
    this.varint((number << 3) | LENGTH_DELIMITED);
    this.varint(content.length);
    this.#reserve(content.length);
    this.#bytes.set(content, this.#length);
    this.#length += content.length;
  }

  float(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeFloatLE(value, this.#length);
  }

  /** An int64. */
  varint(value: number | bigint | boolean): void {
    this.#reserve(LONGEST_VARINT);
    const [bytes, small] = [this.#bytes, Number(value)];
    if (small >= 0 && small < 0x80) {
      bytes[this.#length++] = small;
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    do {
      bytes[this.#length++] = Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0);
      rest >>= 7n;
    } while (rest > 0n);
  }

  take(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + count, 32));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
