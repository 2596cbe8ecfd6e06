import { PlainNumbers } from './plain-numbers.js';
import { StringToken } from './string-token.js';
import type { RequestFormat } from './tensor.js';

const KEYS: ReadonlyMap<string, 'instances' | 'inputs' | 'signature_name'> = new Map([
  ['instances', 'instances'],
  ['inputs', 'inputs'],
  ['signature_name', 'signature_name'],
]);

export interface PlainRequest {
  /** A byte string; '' when the request names none. */
  readonly signatureName: string;
  readonly format: RequestFormat;
  /** Valid until the next request is read. */
  readonly numbers: PlainNumbers;
}

const NUMBERS = new PlainNumbers();
const TEXT = new StringToken();

/**
 * The usual request (`instances` or `inputs` with a plain list of numbers, and at most a `signature_name` beside it),
 * read in one pass; undefined for every other one, right or wrong.
 */
export function readPlainRequest(body: Uint8Array): PlainRequest | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let at = afterSpace(bytes, 0);
  if (bytes[at] !== 0x7b) return undefined;
  let signatureName: string | undefined;
  let format: RequestFormat | undefined;
  for (;;) {
    at = afterSpace(bytes, at + 1);
    if (bytes[at] !== 0x22 || !TEXT.read(bytes, at)) return undefined;
    const key = KEYS.get(TEXT.value);
    at = afterSpace(bytes, TEXT.end);
    if (key === undefined || bytes[at] !== 0x3a) return undefined;
    at = afterSpace(bytes, at + 1);
    if (key === 'signature_name') {
      if (signatureName !== undefined || bytes[at] !== 0x22 || !TEXT.read(bytes, at)) return undefined;
      signatureName = TEXT.value;
      at = TEXT.end;
    } else {
      if (format !== undefined || bytes[at] !== 0x5b || !NUMBERS.read(bytes, at)) return undefined;
      format = key === 'instances' ? 'row' : 'columnar';
      at = NUMBERS.end;
    }
    at = afterSpace(bytes, at);
    if (bytes[at] === 0x2c) continue;
    if (bytes[at] !== 0x7d || format === undefined) return undefined;
    return { signatureName: signatureName ?? '', format, numbers: NUMBERS };
  }
}

function afterSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  let byte = bytes[at];
  while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at];
  return at;
}
