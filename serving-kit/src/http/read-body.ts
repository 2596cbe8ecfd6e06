import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGunzip } from 'node:zlib';
import { ServiceError, clientGone } from '../contract/index.js';
import type { HttpLimits } from './limits.js';

/**
 * Reads the bodies of a service's requests and counts the bytes that are in memory. No content type is looked at, because
 * TensorFlow Serving looks at none. A third of express.raw's cost per request (docs/decisions/0004).
 */
export class RequestBodies {
  readonly #limits: HttpLimits;
  #heldBytes = 0;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
  }

  /** The body as it came, undecoded. Rejects as `readInflated` does. */
  read(request: IncomingMessage, response: ServerResponse): Promise<Buffer> {
    return this.#collect(request, response, request);
  }

  /**
   * The body as the sender meant it: inflated when Content-Encoding says gzip, else as it is. Limits count what has been
   * inflated, before more of it is. What does not inflate reads as empty, as in TensorFlow Serving. Rejects with ServiceError:
   * 413 over STUDY_BODY_LIMIT_BYTES, 503 when all bodies are over STUDY_BODIES_LIMIT_BYTES, and when the client leaves.
   * The bytes count until the response closes.
   */
  readInflated(request: IncomingMessage, response: ServerResponse): Promise<Buffer> {
    const isGzip = request.headers['content-encoding']?.includes('gzip') === true;
    return this.#collect(request, response, isGzip ? request.pipe(createGunzip()) : request);
  }

  #collect(
    request: IncomingMessage,
    response: ServerResponse,
    source: IncomingMessage | ReturnType<typeof createGunzip>,
  ): Promise<Buffer> {
    const { STUDY_BODY_LIMIT_BYTES: limitBytes, STUDY_BODIES_LIMIT_BYTES: sumLimitBytes } = this.#limits;
    return new Promise((resolve, reject) => {
      let pieces: Buffer[] = [];
      let length = 0;
      let isRead = false;
      const listenNoMore = (): void => {
        source.removeAllListeners('data');
        request.unpipe();
        if (source !== request) source.destroy();
      };
      const stop = (error: Error): void => {
        listenNoMore();
        request.pause();
        pieces = [];
        reject(error);
      };
      if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
        stop(tooLarge(limitBytes));
        return;
      }
      source.on('data', (chunk: Buffer) => {
        length += chunk.length;
        this.#heldBytes += chunk.length;
        if (length > limitBytes) stop(tooLarge(limitBytes));
        else if (this.#heldBytes > sumLimitBytes) stop(tooLargeTogether(sumLimitBytes));
        else keep(pieces, chunk);
      });
      source.on('end', () => {
        isRead = true;
        const [only] = pieces;
        const body = only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces, length);
        pieces = []; // listeners hold them until the response closes
        resolve(body);
      });
      if (source !== request)
        source.on('error', () => {
          resolve(Buffer.alloc(0));
        });
      response.once('close', () => {
        if (!isRead) stop(clientGone());
        this.#heldBytes -= length;
      });
    });
  }
}

function tooLarge(limitBytes: number): ServiceError {
  return new ServiceError(413, `The request body is over the limit of ${limitBytes} bytes (STUDY_BODY_LIMIT_BYTES)`);
}

function tooLargeTogether(limitBytes: number): ServiceError {
  const text = `The requests being answered are over the limit of ${limitBytes} bytes together (STUDY_BODIES_LIMIT_BYTES)`;
  return new ServiceError(503, text);
}

const SMALL_BYTES = 4096;

/** Copies small chunks together: a body that comes byte by byte would cost a hundred times its size. */
function keep(pieces: Buffer[], chunk: Buffer): void {
  const last = pieces.at(-1);
  if (last === undefined || last.length + chunk.length > SMALL_BYTES) pieces.push(chunk);
  else pieces[pieces.length - 1] = Buffer.concat([last, chunk]);
}
