import { ByteWriter } from './byte-writer.js';
import { JsonRequestError } from './json-request-error.js';

const WRITER = new ByteWriter();

/** The body of every error answer (contract 1.4), from its text or from the error that says it. */
export function errorResponseBody(error: string | JsonRequestError): Buffer {
  WRITER.clear();
  WRITER.ascii('{\n    "error": ');
  WRITER.quoted(error instanceof JsonRequestError ? error.messageBytes : Buffer.from(error, 'utf8'));
  WRITER.ascii('\n}');
  return WRITER.take();
}
