import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { StatusError } from '../status-error.js';
import { exhausted } from './call-slots.js';
import type { CallServer } from './incoming-call.js';
import { ACCEPTED_ENCODINGS } from './message-assembler.js';
import { CONTENT_TYPE, fail } from './respond.js';
import { serveStreaming } from './serve-streaming.js';
import { serveUnary } from './serve-unary.js';

/** Answers one HTTP/2 stream as the gRPC call it carries. Never throws; errors of the stream itself end it quietly. */
export function serveCall(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, context: CallServer): void {
  // A client that goes away is no error of the server.
  stream.on('error', ignore);
  if (headers[':method'] !== 'POST' || headers['content-type']?.startsWith(CONTENT_TYPE) !== true) {
    stream.respond({ ':status': headers[':method'] === 'POST' ? 415 : 405 }, { endStream: true });
    return;
  }
  const method = context.methods.get(headers[':path'] ?? '');
  if (method === undefined) refuse(stream, context);
  else if (!isKnownEncoding(headers['grpc-encoding']))
    fail(stream, new StatusError('UNIMPLEMENTED', `Unknown grpc-encoding: ${String(headers['grpc-encoding'])}`));
  else if (method.kind === 'unary') serveUnary({ stream, headers, method, context });
  else void serveStreaming({ stream, headers, method, context });
}

/** The real server says nothing about what it does not know, and at the thread limit not even that. */
function refuse(stream: ServerHttp2Stream, { slots }: CallServer): void {
  const entered = slots.enter();
  if (entered) slots.leave();
  fail(stream, entered ? new StatusError('UNIMPLEMENTED', '') : exhausted());
}

function isKnownEncoding(encoding: string | string[] | undefined): boolean {
  return encoding === undefined || (typeof encoding === 'string' && ACCEPTED_ENCODINGS.includes(encoding));
}

function ignore(): void {
  // the stream closes by itself
}
