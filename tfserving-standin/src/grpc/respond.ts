import { constants, type ServerHttp2Stream } from 'node:http2';
import type { ErrorCode } from '@serving-study/runtime';
import { MalformedMessage } from '../messages/malformed-message.js';
import { statusOf } from '../status-error.js';
import { statusTrailers } from './call-status.js';
import { deadlineExceeded } from './deadline.js';
import { ACCEPTED_ENCODINGS, framed } from './message-assembler.js';

const RESPONSE_HEADERS = {
  ':status': 200,
  'content-type': 'application/grpc',
  server: 'tfserving-standin',
  'grpc-accept-encoding': ACCEPTED_ENCODINGS.join(','),
} as const;
/** gRPC sends no Date; node's typings leave the option out. */
const NO_DATE = { sendDate: false };
const WITH_TRAILERS = { waitForTrailers: true, ...NO_DATE };
const ALONE = { endStream: true, ...NO_DATE };
const OK_TRAILERS = statusTrailers('OK', '');

/** Sends the one response of a unary call. Does nothing when the client is gone. */
export function succeed(stream: ServerHttp2Stream, response: Buffer): void {
  if (isOver(stream)) return;
  stream.respond(RESPONSE_HEADERS, WITH_TRAILERS);
  stream.once('wantTrailers', () => {
    stream.sendTrailers(OK_TRAILERS);
    letGo(stream);
  });
  stream.end(framed(response));
}

/** Ends a call that has no response with its status alone. Does nothing when the client is gone. */
export function fail(stream: ServerHttp2Stream, error: unknown): void {
  if (isOver(stream) || stream.headersSent) return;
  stream.respond({ ...RESPONSE_HEADERS, ...trailersOf(error) }, ALONE);
  // What the client may still send is read and dropped, so that it cannot stall the connection.
  stream.resume();
  letGo(stream);
}

/** Frees a call that has been answered from a client that has not said that it is done, as gRPC does. */
function letGo(stream: ServerHttp2Stream): void {
  if (stream.readableEnded) return;
  // The answer leaves at the end of this turn; a reset before that would take its place.
  setImmediate(() => {
    if (!isOver(stream)) stream.close(constants.NGHTTP2_NO_ERROR);
  });
}

/** Ends a call at its deadline, if it has no response yet. */
export function expire(stream: ServerHttp2Stream): void {
  fail(stream, deadlineExceeded());
}

/** Sends responses as they come, then the status they ended with, or the reason that `over` aborts with before. */
export async function respondAll(
  stream: ServerHttp2Stream,
  responses: AsyncIterable<Buffer>,
  over: AbortSignal,
): Promise<void> {
  let trailers = OK_TRAILERS;
  const end = (last: Record<string, string>): void => {
    if (isOver(stream) || stream.writableEnded) return;
    trailers = last;
    stream.end();
  };
  stream.respond(RESPONSE_HEADERS, WITH_TRAILERS);
  stream.once('wantTrailers', () => {
    stream.sendTrailers(trailers);
    letGo(stream);
  });
  over.addEventListener('abort', () => {
    end(trailersOf(over.reason));
  });
  end(await sendAll(stream, responses));
  // As above: what still comes is dropped.
  stream.resume();
}

/** Answers the trailers that the responses end with. */
async function sendAll(stream: ServerHttp2Stream, responses: AsyncIterable<Buffer>): Promise<Record<string, string>> {
  try {
    for await (const response of responses) if (!stream.writableEnded) stream.write(framed(response));
    return OK_TRAILERS;
  } catch (error) {
    return trailersOf(error);
  }
}

function isOver(stream: ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed;
}

function trailersOf(error: unknown): Record<string, string> {
  const { code, message } = errorStatus(error);
  return statusTrailers(code, message);
}

function errorStatus(error: unknown): { code: ErrorCode; message: string } {
  return error instanceof MalformedMessage ? { code: 'INTERNAL', message: '' } : statusOf(error);
}
