import { isUtf8 } from 'node:buffer';

/** A byte that is part of no UTF-8 stands in JavaScript text as one of the surrogates U+DC80 to U+DCFF, alone. */
const ESCAPE = 0xdc00;
const ESCAPED = /[\udc80-\udcff]/gu;

/**
 * TensorFlow Serving treats text as bytes: a string of a request that is not valid UTF-8 comes back unchanged in answers
 * and errors. Inside this folder such text is a *byte string*: a JavaScript string with one char (0 to 255) per byte.
 * Outside it is ordinary text that turns into the same bytes again here.
 */
export function bytesOf(text: string): string {
  if (isAscii(text)) return text;
  const pieces: string[] = [];
  let from = 0;
  for (const { 0: escape, index } of text.matchAll(ESCAPED)) {
    pieces.push(utf8Bytes(text.slice(from, index)), String.fromCharCode(escape.charCodeAt(0) - ESCAPE));
    from = index + 1;
  }
  return pieces.join('') + utf8Bytes(text.slice(from));
}

/** A byte string as ordinary text. */
export function textOf(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  if (isUtf8(buffer)) return buffer.toString('utf8');
  let text = '';
  for (let at = 0; at < buffer.length;) {
    const length = sequenceLength(buffer[at] ?? 0);
    const sequence = buffer.subarray(at, at + length);
    if (sequence.length === length && isUtf8(sequence)) {
      text += sequence.toString('utf8');
      at += length;
    } else {
      text += String.fromCharCode(ESCAPE + (buffer[at] ?? 0));
      at += 1;
    }
  }
  return text;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

function utf8Bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** How long a UTF-8 sequence with that first byte is. */
function sequenceLength(first: number): number {
  if (first < 0xc0) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
