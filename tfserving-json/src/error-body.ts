import { bytesOf } from './byte-text.js';
import { ByteWriter } from './byte-writer.js';

const WRITER = new ByteWriter();

/** The body of every error answer, from its text or from the error that says it. */
export function errorResponseBody(error: string | Error): Buffer {
  WRITER.clear();
  WRITER.ascii('{\n    "error": ');
  WRITER.quoted(Buffer.from(bytesOf(typeof error === 'string' ? error : error.message), 'latin1'));
  WRITER.ascii('\n}');
  return WRITER.take();
}
