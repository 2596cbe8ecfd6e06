import type { ServerHttp2Stream } from 'node:http2';
import type { ErrorCode } from '@serving-study/runtime';
import { MalformedMessage } from '../messages/malformed-message.js';
import { statusOf } from '../status-error.js';
import { statusTrailers } from './call-status.js';
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
  });
  stream.end(framed(response));
}

/** Ends a call that has no response with its status alone. Does nothing when the client is gone. */
export function fail(stream: ServerHttp2Stream, error: unknown): void {
  if (isOver(stream) || stream.headersSent) return;
  stream.respond({ ...RESPONSE_HEADERS, ...trailersOf(error) }, ALONE);
  // What the client may still send is read and dropped, so that it cannot stall the connection.
  stream.resume();
}

/** Sends responses as they come, then the status they ended with. */
export async function respondAll(stream: ServerHttp2Stream, responses: AsyncIterable<Buffer>): Promise<void> {
  let trailers = OK_TRAILERS;
  stream.respond(RESPONSE_HEADERS, WITH_TRAILERS);
  stream.once('wantTrailers', () => {
    stream.sendTrailers(trailers);
  });
  try {
    for await (const response of responses) stream.write(framed(response));
  } catch (error) {
    trailers = trailersOf(error);
  }
  if (isOver(stream)) return;
  stream.end();
  // As above: what still comes is dropped.
  stream.resume();
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
