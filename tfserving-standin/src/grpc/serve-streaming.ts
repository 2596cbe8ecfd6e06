import type { ServerHttp2Stream } from 'node:http2';
import { exhausted } from './call-slots.js';
import { atDeadline, deadlineExceeded } from './deadline.js';
import type { IncomingCall } from './incoming-call.js';
import { expanded, MessageAssembler } from './message-assembler.js';
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
  stream.on('close', () => {
    waiting.delete(stream);
    over.abort();
  });
  atDeadline(stream, timeoutMs, () => {
    over.abort(deadlineExceeded());
  });
  try {
    const requests = messagesOf(stream, encoding);
    await respondAll(stream, method.handler(requests, over.signal), over.signal);
  } catch {
    stream.destroy();
  } finally {
    if (method.takesThread) slots.leave();
  }
}

async function* messagesOf(stream: ServerHttp2Stream, encoding: string): AsyncGenerator<Buffer> {
  const assembler = new MessageAssembler();
  // A method that ends before its client does must still be able to say how it ended.
  const pieces = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const piece of pieces) {
    assembler.push(piece);
    for (let frame = assembler.next(); frame !== undefined; frame = assembler.next())
      yield await expanded(frame, encoding);
  }
}
