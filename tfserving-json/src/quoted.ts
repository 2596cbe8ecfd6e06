const SHORT: Readonly<Record<number, string>> = {
  0x08: '\\b',
  0x09: '\\t',
  0x0a: '\\n',
  0x0c: '\\f',
  0x0d: '\\r',
  0x22: '\\"',
  0x5c: '\\\\',
};

/** How a byte is written inside a JSON string; undefined for the bytes that stand for themselves (0x7f and up included). */
export const ESCAPES: readonly (string | undefined)[] = Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === 0x22 || byte === 0x5c
    ? (SHORT[byte] ?? `\\u00${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    : undefined,
);

// eslint-disable-next-line no-control-regex -- these are the characters to escape
const ESCAPED = /[\0-\x1f"\\]/g;

/** A byte string as a JSON string, quotes included. */
export function quoted(bytes: string): string {
  return `"${bytes.replace(ESCAPED, (char) => ESCAPES[char.charCodeAt(0)] ?? char)}"`;
}
