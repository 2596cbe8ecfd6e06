import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { ErrorCode } from '@serving-study/runtime';
import { MalformedMessage } from '../messages/malformed-message.js';
import { statusOf, StatusError } from '../status-error.js';
import type { Method, Methods, StreamingHandler, UnaryHandler } from './call.js';
import type { CallSlots } from './call-slots.js';
import { statusTrailers } from './call-status.js';
import { expanded, framed, MessageAssembler } from './message-assembler.js';
import { timeoutHeaderMs } from './timeout-header.js';

const CONTENT_TYPE = 'application/grpc';
const ACCEPTED_ENCODINGS = 'identity,deflate,gzip';
const RESPONSE_HEADERS = {
  ':status': 200,
  'content-type': CONTENT_TYPE,
  'grpc-accept-encoding': ACCEPTED_ENCODINGS,
} as const;
/** gRPC sends no Date; node's typings leave the option out. */
const NO_DATE = { sendDate: false };
const WITH_TRAILERS = { waitForTrailers: true, ...NO_DATE };
const ALONE = { endStream: true, ...NO_DATE };
const OK_TRAILERS = statusTrailers('OK', '');

/** Answers one HTTP/2 stream as the gRPC call it carries. Never throws; errors of the stream itself end it quietly. */
export function serveCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  methods: Methods,
  slots: CallSlots,
): void {
  // A client that goes away is no error of the server.
  stream.on('error', ignore);
  if (headers[':method'] !== 'POST' || headers['content-type']?.startsWith(CONTENT_TYPE) !== true) {
    stream.respond({ ':status': headers[':method'] === 'POST' ? 415 : 405 }, { endStream: true });
    return;
  }
  const method = methods.get(headers[':path'] ?? '');
  if (method === undefined) refuse(stream, slots);
  else if (!isKnownEncoding(headers['grpc-encoding']))
    fail(stream, new StatusError('UNIMPLEMENTED', `Unknown grpc-encoding: ${String(headers['grpc-encoding'])}`));
  else if (method.kind === 'unary') serveUnary(stream, headers, method, method.handler, slots);
  else void serveStreaming(stream, headers, method, method.handler, slots);
}

/** The real server says nothing about what it does not know, and at the thread limit not even that. */
function refuse(stream: ServerHttp2Stream, slots: CallSlots): void {
  const entered = slots.enter();
  fail(stream, entered ? new StatusError('UNIMPLEMENTED', '') : exhausted());
  if (entered) slots.leave();
}

function exhausted(): StatusError {
  return new StatusError('RESOURCE_EXHAUSTED', 'Server Threadpool Exhausted');
}

function isKnownEncoding(encoding: string | string[] | undefined): boolean {
  return encoding === undefined || (typeof encoding === 'string' && ACCEPTED_ENCODINGS.split(',').includes(encoding));
}

function serveUnary(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  method: Method,
  handler: UnaryHandler,
  slots: CallSlots,
): void {
  const arrivedAt = performance.now();
  const assembler = new MessageAssembler();
  let started = false;
  const tryToStart = (): void => {
    const frame = assembler.next();
    if (frame === undefined) return;
    started = true;
    if (method.takesThread && !slots.enter()) throw exhausted();
    const encoding = headers['grpc-encoding'];
    const answered = frame.compressed ? expanded(frame, String(encoding)).then(answer) : answer(frame.bytes);
    void answered.then(
      (response) => {
        if (method.takesThread) slots.leave();
        succeed(stream, response);
      },
      (error: unknown) => {
        if (method.takesThread) slots.leave();
        fail(stream, error);
      },
    );
  };
  const answer = async (request: Buffer): Promise<Buffer> => {
    const deadlineMs = timeoutHeaderMs(headers['grpc-timeout']);
    return handler(request, { timeoutMs: () => remainingMs(deadlineMs, arrivedAt) });
  };
  stream.on('data', (piece: Buffer) => {
    if (started) return;
    assembler.push(piece);
    try {
      tryToStart();
    } catch (error) {
      started = true;
      fail(stream, error);
    }
  });
  stream.on('end', () => {
    // A call without a whole message.
    if (!started) fail(stream, new MalformedMessage('no message'));
  });
}

function remainingMs(deadlineMs: number | undefined, arrivedAt: number): number {
  if (deadlineMs === undefined) return 0;
  return Math.min(2 ** 31 - 1, Math.max(0, Math.ceil(deadlineMs - (performance.now() - arrivedAt))));
}

async function serveStreaming(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  method: Method,
  handler: StreamingHandler,
  slots: CallSlots,
): Promise<void> {
  if (method.takesThread && !slots.enter()) {
    fail(stream, exhausted());
    return;
  }
  const closed = new AbortController();
  stream.on('close', () => {
    closed.abort();
  });
  try {
    stream.respond(RESPONSE_HEADERS, { waitForTrailers: true, sendDate: false } as Parameters<
      typeof stream.respond
    >[1]);
    let trailers = OK_TRAILERS;
    stream.on('wantTrailers', () => {
      stream.sendTrailers(trailers);
    });
    try {
      for await (const response of handler(messagesOf(stream, headers['grpc-encoding']), closed.signal))
        stream.write(framed(response));
    } catch (error) {
      const { code, message } = errorStatus(error);
      trailers = statusTrailers(code, message);
    }
    if (!stream.destroyed) stream.end();
  } catch {
    stream.destroy();
  } finally {
    if (method.takesThread) slots.leave();
  }
}

async function* messagesOf(stream: ServerHttp2Stream, encoding: string | string[] | undefined): AsyncGenerator<Buffer> {
  const assembler = new MessageAssembler();
  for await (const piece of stream as AsyncIterable<Buffer>) {
    assembler.push(piece);
    for (let frame = assembler.next(); frame !== undefined; frame = assembler.next())
      yield await expanded(frame, String(encoding));
  }
}

function succeed(stream: ServerHttp2Stream, response: Buffer): void {
  if (stream.destroyed || stream.closed) return;
  stream.respond(RESPONSE_HEADERS, WITH_TRAILERS);
  stream.once('wantTrailers', () => {
    stream.sendTrailers(OK_TRAILERS);
  });
  stream.end(framed(response));
}

/** Ends a call that has no response with its status alone. */
function fail(stream: ServerHttp2Stream, error: unknown): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return;
  const { code, message } = errorStatus(error);
  stream.respond({ ...RESPONSE_HEADERS, ...statusTrailers(code, message) }, ALONE);
  // What the client may still send is read and dropped, so that it cannot stall the connection.
  stream.resume();
}

function errorStatus(error: unknown): { code: ErrorCode; message: string } {
  return error instanceof MalformedMessage ? { code: 'INTERNAL', message: '' } : statusOf(error);
}

function ignore(): void {
  // the stream closes by itself
}
