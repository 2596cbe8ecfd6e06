import { StatusError } from '../status-error.js';
import { readCallHeaders } from './call-headers.js';
import { exhausted } from './call-slots.js';
import { deadlineExceeded } from './deadline.js';
import type { Http2Stream, RequestHeaders } from './http2/index.js';
import type { CallServer } from './incoming-call.js';
import { checkMetadataSize } from './metadata-size.js';
import { fail } from './respond.js';
import { serveStreaming } from './serve-streaming.js';
import { serveUnary } from './serve-unary.js';

/** Answers one HTTP/2 stream as the gRPC call it carries. Never throws. */
export function serveCall(stream: Http2Stream, headers: RequestHeaders, context: CallServer): void {
  try {
    checkMetadataSize(headers, context.metadataLimitBytes);
    startCall(stream, headers, context);
  } catch (error) {
    fail(stream, error);
  }
}

function startCall(stream: Http2Stream, headers: RequestHeaders, context: CallServer): void {
  const { encoding, timeoutMs } = readCallHeaders(headers);
  if (timeoutMs === 0) throw deadlineExceeded();
  const method = context.methods.get(headers.get(':path') ?? '');
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
