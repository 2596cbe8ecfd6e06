import { CODE, ConnectionError } from './protocol.js';

/**
 * Lengths in bits of the codes of the 256 octets and of the end mark (RFC 7541, appendix B). The code is canonical: codes of
 * one length are consecutive numbers in the order of their octets, so the lengths are all there is to know.
 */
const LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26, 30,
];
const LONGEST = 30;
const SHORTEST = 5;
const END_MARK = 256;

/** By length: the first code, and which place of SYMBOLS it has. */
const FIRST_CODE = new Int32Array(LONGEST + 2);
const FIRST_PLACE = new Int32Array(LONGEST + 2);
const COUNT = new Int32Array(LONGEST + 2);
const SYMBOLS = Uint16Array.from(
  LENGTHS.map((_, symbol) => symbol).sort((a, b) => (LENGTHS[a] ?? 0) - (LENGTHS[b] ?? 0) || a - b),
);
for (const length of LENGTHS) COUNT[length] = (COUNT[length] ?? 0) + 1;
for (let length = 1; length <= LONGEST; length += 1) {
  const before = length - 1;
  FIRST_CODE[length] = ((FIRST_CODE[before] ?? 0) + (COUNT[before] ?? 0)) * 2;
  FIRST_PLACE[length] = (FIRST_PLACE[before] ?? 0) + (COUNT[before] ?? 0);
}

/** The text that `bytes` encode. Throws ConnectionError when they are no Huffman code with its padding (RFC 7541, 5.2). */
export function decodeHuffman(bytes: Buffer): string {
  const text = Buffer.allocUnsafe(Math.floor((bytes.length * 8) / SHORTEST));
  let written = 0;
  let code = 0;
  let length = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      code = code * 2 + ((byte >> bit) & 1);
      length += 1;
      const place = code - (FIRST_CODE[length] ?? 0);
      if (place < (COUNT[length] ?? 0)) {
        const symbol = SYMBOLS[(FIRST_PLACE[length] ?? 0) + place] ?? END_MARK;
        if (symbol === END_MARK) throw malformed('the end mark inside a text');
        text[written] = symbol;
        written += 1;
        code = 0;
        length = 0;
      }
    }
  }
  // What is left must be the beginning of the end mark, which is all ones, and less than a byte.
  if (length > 7 || code !== 2 ** length - 1) throw malformed('padding that is none');
  return text.toString('latin1', 0, written);
}

function malformed(what: string): ConnectionError {
  return new ConnectionError(CODE.compressionError, `a Huffman code with ${what}`);
}
