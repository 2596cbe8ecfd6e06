import type { IncomingMessage } from 'node:http';
import { serviceError } from '../contract/index.js';

/**
 * The request's body as it came, undecoded. Rejects with `body-too-large` as soon as it is known to be over the limit and
 * with `client-gone` when the connection ends first. A third of express.raw's cost per request (docs/decisions/0004): no
 * content type is looked at, because TensorFlow Serving looks at none.
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
      reject(serviceError('body-too-large', limitBytes));
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limitBytes) {
        request.removeAllListeners('data').pause();
        reject(serviceError('body-too-large', limitBytes));
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () => {
      const [only] = chunks;
      resolve(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, bytes));
    });
    request.on('error', () => {
      reject(serviceError('client-gone'));
    });
    request.on('close', () => {
      if (!request.complete) reject(serviceError('client-gone'));
    });
  });
}
