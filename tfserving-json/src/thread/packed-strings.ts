/** Strings as two arrays, which pass from one thread to another at once, whatever their number. */
export interface PackedStrings {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: Uint32Array<ArrayBuffer>;
}

export function packed(strings: readonly Uint8Array[]): PackedStrings {
  const lengths = Uint32Array.from(strings, ({ length }) => length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const text of strings) {
    bytes.set(text, at);
    at += text.length;
  }
  return { bytes, lengths };
}

export function unpacked({ bytes, lengths }: PackedStrings): Uint8Array[] {
  let at = 0;
  return Array.from(lengths, (length) => {
    at += length;
    return bytes.subarray(at - length, at);
  });
}
