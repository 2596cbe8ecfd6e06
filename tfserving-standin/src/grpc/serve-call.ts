import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { StatusError } from '../status-error.js';
import { readCallHeaders } from './call-headers.js';
import { exhausted } from './call-slots.js';
import { deadlineExceeded } from './deadline.js';
import type { CallServer } from './incoming-call.js';
import { checkMetadataSize } from './metadata-size.js';
import { fail } from './respond.js';
import { serveStreaming } from './serve-streaming.js';
import { serveUnary } from './serve-unary.js';

/** The headers of a call as node gives them: by name, and as they came. */
export interface RequestHeaders {
  readonly named: IncomingHttpHeaders;
  /** Names and values in turn. */
  readonly raw: readonly string[];
}

/** Answers one HTTP/2 stream as the gRPC call it carries. Never throws; errors of the stream itself end it quietly. */
export function serveCall(stream: ServerHttp2Stream, headers: RequestHeaders, context: CallServer): void {
  // A client that goes away is no error of the server.
  stream.on('error', ignore);
  try {
    checkMetadataSize(headers.raw, context.metadataLimitBytes);
    startCall(stream, headers.named, context);
  } catch (error) {
    fail(stream, error);
  }
}

function startCall(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, context: CallServer): void {
  const { encoding, timeoutMs } = readCallHeaders(headers);
  if (timeoutMs === 0) throw deadlineExceeded();
  const method = context.methods.get(headers[':path'] ?? '');
  if (method === undefined) throw unknownMethod(context);
  if (method.kind === 'unary') serveUnary({ stream, method, context, encoding, timeoutMs });
  else void serveStreaming({ stream, method, context, encoding, timeoutMs });
}

/** The real server says nothing about what it does not know, and at the thread limit not even that. */
function unknownMethod({ slots }: CallServer): StatusError {
  const entered = slots.enter();
  if (entered) slots.leave();
  return entered ? new StatusError('UNIMPLEMENTED', '') : exhausted();
}

function ignore(): void {
  // the stream closes by itself
}
