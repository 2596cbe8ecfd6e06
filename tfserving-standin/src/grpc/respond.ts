import type { ErrorCode } from '@serving-study/runtime';
import { MalformedMessage } from '../messages/malformed-message.js';
import { statusOf } from '../status-error.js';
import { statusTrailers } from './call-status.js';
import { deadlineExceeded } from './deadline.js';
import { frameMessage, type OutgoingField } from '@serving-study/http2';
import type { Http2Stream } from './http2/index.js';
import { ACCEPTED_ENCODINGS } from './message-assembler.js';

const RESPONSE_HEADERS: readonly OutgoingField[] = [
  { name: ':status', value: '200', recurs: true },
  { name: 'content-type', value: 'application/grpc', recurs: true },
  { name: 'server', value: 'tfserving-standin', recurs: true },
  { name: 'grpc-accept-encoding', value: ACCEPTED_ENCODINGS.join(','), recurs: true },
];
const OK_TRAILERS = statusTrailers('OK', '');

/** Sends the one response of a unary call. Does nothing when the client is gone. */
export function succeed(stream: Http2Stream, response: Buffer): void {
  stream.respond(RESPONSE_HEADERS);
  stream.write(frameMessage(response));
  stream.end(OK_TRAILERS);
}

/** Ends a call that has no response with its status alone. Does nothing when the client is gone or has its response. */
export function fail(stream: Http2Stream, error: unknown): void {
  stream.respond([...RESPONSE_HEADERS, ...trailersOf(error)], true);
}

/** Ends a call at its deadline, if it has no response yet. */
export function expire(stream: Http2Stream): void {
  fail(stream, deadlineExceeded());
}

/** Sends responses as they come, then the status they ended with, or the reason that `over` aborts with before. */
export async function respondAll(
  stream: Http2Stream,
  responses: AsyncIterable<Buffer>,
  over: AbortSignal,
): Promise<void> {
  stream.respond(RESPONSE_HEADERS);
  over.addEventListener('abort', () => {
    stream.end(trailersOf(over.reason));
  });
  stream.end(await sendAll(stream, responses));
}

/** Answers the trailers that the responses end with. */
async function sendAll(stream: Http2Stream, responses: AsyncIterable<Buffer>): Promise<readonly OutgoingField[]> {
  try {
    for await (const response of responses) {
      stream.write(frameMessage(response));
      // A client that does not read gets no more made for it.
      await new Promise<void>((resolve) => {
        stream.whenFlushed(resolve);
      });
    }
    return OK_TRAILERS;
  } catch (error) {
    return trailersOf(error);
  }
}

function trailersOf(error: unknown): readonly OutgoingField[] {
  const { code, message } = errorStatus(error);
  return statusTrailers(code, message);
}

function errorStatus(error: unknown): { code: ErrorCode; message: string } {
  return error instanceof MalformedMessage ? { code: 'INTERNAL', message: '' } : statusOf(error);
}
