/**
 * TensorFlow Serving treats text as bytes: a string of a request that is not valid UTF-8 comes back unchanged in answers
 * and errors. Inside this folder such text is a *byte string*: a JavaScript string with one char (0 to 255) per byte.
 */
export function bytesOf(text: string): string {
  for (let index = 0; index < text.length; index++)
    if (text.charCodeAt(index) > 0x7f) return Buffer.from(text, 'utf8').toString('latin1');
  return text;
}

/** A byte string read as UTF-8, for JavaScript's own use (names of models, signatures and inputs). */
export function textOf(bytes: string): string {
  for (let index = 0; index < bytes.length; index++)
    if (bytes.charCodeAt(index) > 0x7f) return Buffer.from(bytes, 'latin1').toString('utf8');
  return bytes;
}
