const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);
const isPadding = (code: number): boolean => code === 0x3d || code === 0x2e;
const isDigit = (code: number): boolean =>
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x30 && code <= 0x39) ||
  code === 0x2b ||
  code === 0x2f;

/**
 * Bytes from base64 by TensorFlow Serving's rules: standard alphabet, white space anywhere, padding either complete or
 * absent (a dot counts as `=`). Undefined when the text breaks them.
 */
export function bytesFromBase64(text: string): Uint8Array | undefined {
  let digits = 0;
  let padding = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isSpace(code)) continue;
    if (isPadding(code)) padding += 1;
    else if (!isDigit(code) || padding > 0) return undefined;
    else digits += 1;
  }
  const partial = digits % 4;
  if (partial === 1) return undefined;
  if (padding > 0 && (partial === 0 || padding !== 4 - partial)) return undefined;
  return Buffer.from(text, 'base64');
}
