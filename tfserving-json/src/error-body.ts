import { bytesOf } from './byte-text.js';
import { ByteWriter } from './byte-writer.js';

const WRITER = new ByteWriter();
/** Texts quote names of the request, which may be as long as it. */
const LONGEST_TEXT = 2 ** 20;

/** The body of every error answer, from its text or from the error that says it. */
export function errorResponseBody(error: string | Error): Buffer {
  WRITER.clear();
  WRITER.ascii('{\n    "error": ');
  const text = typeof error === 'string' ? error : error.message;
  WRITER.quoted(Buffer.from(bytesOf(text.slice(0, LONGEST_TEXT)), 'latin1'));
  WRITER.ascii('\n}');
  return WRITER.take();
}
