import type { IncomingHttpHeaders } from 'node:http';
import { serviceError, type ServiceError } from '@serving-study/serving-kit';
import type { Dispatcher } from 'undici';

export interface Exchanged {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * One request and its whole answer, on undici's lowest level: no stream object, no fetch. An aborted signal ends the
 * connection. Throws the signal's reason, or `upstream-unreachable`.
 */
export function exchange(
  pool: Dispatcher,
  request: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    const abort = (): void => {
      reject(signal.reason as Error); // before undici reports the abort as an error of its own
      controller?.abort(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    let statusCode = 0;
    let headers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    pool.dispatch(request, {
      onRequestStart(started) {
        controller = started;
        if (signal.aborted) abort(); // it was still waiting for a connection
      },
      onResponseStart(_controller, status, received) {
        statusCode = status;
        headers = received;
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        signal.removeEventListener('abort', abort);
        const [only] = chunks;
        resolve({
          statusCode,
          headers,
          body: only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks),
        });
      },
      onResponseError(_controller, error) {
        signal.removeEventListener('abort', abort);
        reject(unreachable(error));
      },
    });
  });
}

function unreachable(error: Error & { code?: string }): ServiceError {
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'it refuses connections',
    ECONNRESET: 'it closed the connection before the answer',
    UND_ERR_SOCKET: 'it closed the connection before the answer',
    UND_ERR_RES_EXCEEDED_MAX_SIZE: 'its answer is larger than STUDY_ANSWER_LIMIT_BYTES',
    ENOTFOUND: 'its host name is not known',
  };
  const unreached = serviceError('upstream-unreachable', reasons[error.code ?? ''] ?? error.code ?? error.message);
  unreached.cause = error;
  return unreached;
}
