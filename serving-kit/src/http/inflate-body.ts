import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const inflate = promisify(gunzip);
const LIMIT_BYTES = 104_857_600;

/**
 * The body as the sender meant it: inflated when Content-Encoding says gzip, else as it is. As in TensorFlow Serving, a body
 * that does not inflate, or to more than 100 MiB, reads as empty, which the JSON parser then reports.
 */
export async function inflateBody(body: Buffer, headers: IncomingHttpHeaders): Promise<Buffer> {
  if (headers['content-encoding']?.includes('gzip') !== true) return body;
  try {
    return await inflate(body, { maxOutputLength: LIMIT_BYTES });
  } catch {
    return Buffer.alloc(0); // the contract's answer to both faults is that of an empty body
  }
}
