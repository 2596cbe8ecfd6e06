const SIMPLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
  '?': 63,
};
const PIECE = /\\(?:([0-7]{1,3})|[xX]([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([^]))|([^\\]+)/gy;

/** The bytes that a quoted string of a text-format protobuf stands for (C escapes); undefined for an unknown escape. */
export function stringLiteralBytes(quoted: string): Buffer | undefined {
  const parts: Buffer[] = [];
  for (const [, octal, hex, short, long, simple, plain] of quoted.slice(1, -1).matchAll(PIECE)) {
    if (plain !== undefined) parts.push(Buffer.from(plain));
    else if (octal !== undefined) parts.push(Buffer.of(parseInt(octal, 8) & 0xff));
    else if (hex !== undefined) parts.push(Buffer.of(parseInt(hex, 16)));
    else if (simple === undefined) {
      const point = parseInt(short ?? long ?? '', 16);
      if (point > 0x10ffff) return undefined;
      parts.push(Buffer.from(String.fromCodePoint(point)));
    } else {
      const byte = SIMPLE[simple];
      if (byte === undefined) return undefined;
      parts.push(Buffer.of(byte));
    }
  }
  return Buffer.concat(parts);
}
