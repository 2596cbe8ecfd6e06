import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DEFAULT_BODY_LIMIT_BYTES } from './limits.js';

const inflate = promisify(gunzip);

/**
 * The body as the sender meant it: inflated when Content-Encoding says gzip, else as it is. As in TensorFlow Serving, a body
 * that does not inflate, or to more than 100 MiB, reads as empty, which the JSON parser then reports.
 */
export async function inflateBody(body: Buffer, headers: IncomingHttpHeaders): Promise<Buffer> {
  if (headers['content-encoding']?.includes('gzip') !== true) return body;
  try {
    return await inflate(body, { maxOutputLength: DEFAULT_BODY_LIMIT_BYTES });
  } catch {
    return Buffer.alloc(0); // the contract's answer to both faults is that of an empty body
  }
}
