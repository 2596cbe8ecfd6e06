import { ERROR_CODES, type ErrorCode } from '@serving-study/runtime';
import type { OutgoingField } from '@serving-study/http2';

/** grpc_util.cc: longer texts are cut, in bytes. */
const MESSAGE_LIMIT_BYTES = 1024;
const PERCENT = 0x25;
const CUT_MARK = '...TRUNCATED';

/** One object for each code, which HPACK can name by a number when it comes again. */
const STATUS_FIELDS = Object.fromEntries(
  ERROR_CODES.map((code, number) => [code, { name: 'grpc-status', value: String(number), recurs: true }]),
) as Readonly<Record<ErrorCode, OutgoingField>>;

/** The trailers that end a call. */
export function statusTrailers(code: ErrorCode, message: string): readonly OutgoingField[] {
  const status = STATUS_FIELDS[code];
  if (message === '') return [status];
  return [status, { name: 'grpc-message', value: percentEncoded(shortened(message)), recurs: false }];
}

function shortened(message: string): Buffer {
  const bytes = Buffer.from(message);
  return bytes.length <= MESSAGE_LIMIT_BYTES
    ? bytes
    : Buffer.concat([bytes.subarray(0, MESSAGE_LIMIT_BYTES), Buffer.from(CUT_MARK)]);
}

/**
 * gRPC over HTTP/2: everything but visible ASCII and space is escaped, and so is the percent sign. A space at either end
 * too: HTTP/2 libraries refuse header values that start or end with one, and the text would be lost.
 */
function percentEncoded(bytes: Buffer): string {
  let text = '';
  bytes.forEach((byte, index) => {
    const isEnd = index === 0 || index === bytes.length - 1;
    const isPlain = byte > 0x20 ? byte < 0x7f && byte !== PERCENT : byte === 0x20 && !isEnd;
    text += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return text;
}
