import { constants, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import { unframeMessage } from './message-frame.js';
import { INTERNAL, OK, statusFromHeaders, UNKNOWN, type GrpcStatus } from './status.js';

/** How a unary call ended. */
export type CallEnd =
  | { readonly kind: 'message'; readonly message: Buffer }
  | { readonly kind: 'status'; readonly status: GrpcStatus }
  /** The connection failed, not the call. */
  | { readonly kind: 'lost'; readonly error: NodeJS.ErrnoException | undefined };

/** Sends a framed message on a fresh stream and reads the one answer. `onEnd` is called once. */
export function runCall(
  stream: ClientHttp2Stream,
  framed: Buffer,
  onFirstByte: () => void,
  onEnd: (end: CallEnd) => void,
): void {
  const pieces: Buffer[] = [];
  let headers: IncomingHttpHeaders | undefined;
  let trailers: IncomingHttpHeaders = {};
  let error: NodeJS.ErrnoException | undefined;
  let over = false;
  const finish = (): void => {
    if (over) return;
    over = true;
    onEnd(headers === undefined ? { kind: 'lost', error } : endOf(headers, trailers, pieces, error));
  };
  stream.on('response', (received) => {
    onFirstByte();
    headers = received;
  });
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  stream.on('trailers', (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  // With 'end' the trailers are there; 'close' would come a turn of the event loop later.
  stream.on('end', finish);
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    // A call that has not begun is told that it was cancelled, with the reason as the cause.
    error = cause.cause instanceof Error ? cause.cause : cause;
  });
  stream.on('close', finish);
  stream.end(framed);
}

function endOf(
  headers: IncomingHttpHeaders,
  trailers: IncomingHttpHeaders,
  pieces: readonly Buffer[],
  error: NodeJS.ErrnoException | undefined,
): CallEnd {
  const status = statusFromHeaders(trailers) ?? statusFromHeaders(headers);
  if (status === undefined) {
    if (error !== undefined) return { kind: 'lost', error };
    const http = String(headers[constants.HTTP2_HEADER_STATUS]);
    return { kind: 'status', status: { code: UNKNOWN, message: `no gRPC status in the answer (HTTP ${http})` } };
  }
  if (status.code !== OK) return { kind: 'status', status };
  try {
    return { kind: 'message', message: unframeMessage(pieces) };
  } catch (cause) {
    return { kind: 'status', status: { code: INTERNAL, message: (cause as Error).message } };
  }
}
