import { MalformedMessage } from '../messages/malformed-message.js';
import { exhausted } from './call-slots.js';
import { atDeadline } from './deadline.js';
import type { IncomingCall } from './incoming-call.js';
import { expanded, MessageAssembler } from './message-assembler.js';
import { expire, fail, succeed } from './respond.js';

/** Answers a call with one request and one response, as soon as the request is complete. */
export function serveUnary({ stream, method, context, encoding, timeoutMs }: IncomingCall<'unary'>): void {
  const arrivedAt = performance.now();
  const assembler = new MessageAssembler();
  const { slots, waiting } = context;
  let started = false;
  const answer = (request: Buffer): Promise<Buffer> =>
    method.handler(request, { timeoutMs: () => remainingMs(timeoutMs, arrivedAt) });
  const run = async (frame: NonNullable<ReturnType<typeof assembler.next>>): Promise<void> => {
    if (method.takesThread && !slots.enter()) throw exhausted();
    const leave = (): void => {
      if (method.takesThread) slots.leave();
    };
    let response: Buffer;
    try {
      // Not awaited without need: each await is a turn of the queue on the hot path.
      response = await answer(frame.compressed ? await expanded(frame, encoding) : frame.bytes);
    } catch (error) {
      leave();
      throw error;
    }
    succeed(stream, response);
    // A client that does not read its answer holds a thread, as in gRPC's server: answers cannot pile up.
    stream.whenFlushed(leave);
  };
  const start = (): void => {
    const frame = assembler.next();
    if (frame === undefined) return;
    started = true;
    waiting.delete(stream);
    run(frame).catch((error: unknown) => {
      fail(stream, error);
    });
  };
  waiting.add(stream);
  atDeadline(stream, timeoutMs, () => {
    // A message that is complete only now is not run any more.
    started = true;
    expire(stream);
  });
  stream.onData = (piece) => {
    stream.consumed(piece.length);
    if (started) return;
    assembler.push(piece);
    try {
      start();
    } catch (error) {
      started = true;
      fail(stream, error);
    }
  };
  stream.onEnd = () => {
    if (!started) fail(stream, new MalformedMessage('a call without a whole message'));
  };
  stream.whenClosed(() => waiting.delete(stream));
}

function remainingMs(deadlineMs: number | undefined, arrivedAt: number): number {
  if (deadlineMs === undefined) return 0;
  return Math.min(2 ** 31 - 1, Math.max(0, Math.ceil(deadlineMs - (performance.now() - arrivedAt))));
}
