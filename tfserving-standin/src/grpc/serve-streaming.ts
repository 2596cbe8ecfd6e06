import { Readable } from 'node:stream';
import { messageLimitBytes } from './call.js';
import { exhausted } from './call-slots.js';
import { atDeadline, deadlineExceeded } from './deadline.js';
import type { Http2Stream } from './http2/index.js';
import type { IncomingCall } from './incoming-call.js';
import { expanded, MessageAssembler, type ExpansionLimits } from './message-assembler.js';
import { fail, respondAll } from './respond.js';

/** Answers a call with messages in both directions. */
export async function serveStreaming(call: IncomingCall<'streaming'>): Promise<void> {
  const { stream, method, encoding, timeoutMs } = call;
  const { slots, waiting } = call.context;
  if (method.takesThread && !slots.enter()) {
    fail(stream, exhausted());
    return;
  }
  const over = new AbortController();
  waiting.add(stream);
  stream.whenClosed(() => {
    waiting.delete(stream);
    over.abort();
  });
  atDeadline(stream, timeoutMs, () => {
    over.abort(deadlineExceeded());
  });
  const { limits } = call.context.memory;
  // Small messages, one after another: not worth counting.
  const expansion = { limitBytes: messageLimitBytes(method, limits.requestBytes), takeMemory: () => undefined };
  try {
    const requests = messagesOf(stream, bodyOf(stream), encoding, expansion);
    await respondAll(stream, method.handler(requests, over.signal), over.signal);
  } finally {
    if (method.takesThread) slots.leave();
  }
}

/** What the client sends, kept until it is read. */
function bodyOf(stream: Http2Stream): Readable {
  const body = new Readable({ read: () => undefined });
  stream.onData = (piece) => body.push(piece);
  stream.onEnd = () => body.push(null);
  stream.whenClosed(() => body.destroy());
  return body;
}

async function* messagesOf(
  stream: Http2Stream,
  body: Readable,
  encoding: string,
  limits: ExpansionLimits,
): AsyncGenerator<Buffer> {
  const assembler = new MessageAssembler(limits.limitBytes);
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      stream.consumed(piece.length);
      assembler.push(piece);
      for (let frame = assembler.next(); frame !== undefined; frame = assembler.next())
        yield await expanded(frame, encoding, limits);
    }
  } finally {
    // A method that has read enough drops the rest, so that it does not fill the window of the connection.
    stream.consumed(body.readableLength);
    stream.onData = (piece) => {
      stream.consumed(piece.length);
    };
  }
}
