import { MalformedMessage } from '../messages/malformed-message.js';
import { messageLimitBytes } from './call.js';
import { exhausted } from './call-slots.js';
import { atDeadline } from './deadline.js';
import type { IncomingCall } from './incoming-call.js';
import { expanded, MessageAssembler } from './message-assembler.js';
import { expire, fail, succeed } from './respond.js';

/** Answers a call with one request and one response, as soon as the request is complete. */
export function serveUnary({ stream, method, context, encoding, timeoutMs }: IncomingCall<'unary'>): void {
  const arrivedAt = performance.now();
  const { slots, waiting, memory } = context;
  const limitBytes = messageLimitBytes(method, memory.limits.requestBytes);
  const assembler = new MessageAssembler(limitBytes);
  let started = false;
  let running = false;
  const held = memory.begin((reason) => {
    started = true;
    fail(stream, reason);
  });
  const limits = {
    limitBytes,
    takeMemory: (bytes: number) => {
      held.add(bytes);
    },
  };
  const answer = (request: Buffer): Promise<Buffer> =>
    method.handler(request, { timeoutMs: () => remainingMs(timeoutMs, arrivedAt) });
  const run = async (frame: NonNullable<ReturnType<typeof assembler.next>>): Promise<void> => {
    if (method.takesThread && !slots.enter()) throw exhausted();
    running = true;
    const leave = (): void => {
      if (method.takesThread) slots.leave();
      held.release();
    };
    let response: Buffer;
    try {
      // Not awaited without need: each await is a turn of the queue on the hot path.
      response = await answer(frame.compressed ? await expanded(frame, encoding, limits) : frame.bytes);
    } catch (error) {
      leave();
      throw error;
    }
    succeed(stream, response);
    // A client that does not read its answer holds a thread, as in gRPC's server: answers cannot pile up.
    stream.whenFlushed(leave);
  };
  /** False until the message is complete. */
  const start = (): boolean => {
    const frame = assembler.next();
    if (frame === undefined) return false;
    started = true;
    held.arrived();
    waiting.delete(stream);
    run(frame).catch((error: unknown) => {
      fail(stream, error);
    });
    return true;
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
      if (!start()) held.add(piece.length);
    } catch (error) {
      started = true;
      fail(stream, error);
    }
  };
  stream.onEnd = () => {
    if (!started) fail(stream, new MalformedMessage('a call without a whole message'));
  };
  stream.whenClosed(() => {
    waiting.delete(stream);
    if (!running) held.release();
  });
}

function remainingMs(deadlineMs: number | undefined, arrivedAt: number): number {
  if (deadlineMs === undefined) return 0;
  return Math.min(2 ** 31 - 1, Math.max(0, Math.ceil(deadlineMs - (performance.now() - arrivedAt))));
}
