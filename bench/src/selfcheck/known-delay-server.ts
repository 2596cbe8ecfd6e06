import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clock } from '../load/net/clock.js';
import type { FromKnownDelayServer, ToKnownDelayServer } from './known-delay-messages.js';

// A server whose answers take a known time: each is sent `delayMs` after its request has arrived, whatever else is under
// way, except while the whole process stands still. In a process of its own, and its own log is what "known" rests on.

const delayNs = Number(process.argv[2]) * 1e6;
const ANSWER = Buffer.from('{"predictions":[[1,2,3]]}');
const pending: { readonly arrivedAtNs: number; readonly response: ServerResponse }[] = [];
const serviceMs: number[] = [];
const stalls: { fromNs: number; untilNs: number }[] = [];

/** node's timers count whole milliseconds: what is left of one is waited for by turning. */
function answerDue(): void {
  for (let first = pending[0]; first !== undefined; first = pending[0]) {
    const leftMs = (first.arrivedAtNs + delayNs - clock()) / 1e6;
    if (leftMs > 0) {
      if (leftMs >= 2) setTimeout(answerDue, leftMs - 1);
      else setImmediate(answerDue);
      return;
    }
    pending.shift();
    first.response.end(ANSWER);
    serviceMs.push((clock() - first.arrivedAtNs) / 1e6);
  }
}

const server = createServer((request, response) => {
  const arrivedAtNs = clock();
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', ANSWER.length);
  request.resume();
  pending.push({ arrivedAtNs, response });
  if (pending.length === 1) answerDue();
});

/** Stands still as a garbage collection or a frozen machine does: nothing is read, nothing is answered. */
function stall(ms: number): void {
  const fromNs = clock();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  stalls.push({ fromNs, untilNs: clock() });
}

const tell = (message: FromKnownDelayServer): void => {
  process.send?.(message);
};
process.on('message', (message: ToKnownDelayServer) => {
  switch (message.kind) {
    case 'reset':
      serviceMs.length = 0;
      stalls.length = 0;
      break;
    case 'stall':
      setTimeout(() => {
        stall(message.ms);
      }, message.inMs);
      break;
    case 'report':
      tell({ kind: 'report', serviceMs: Float64Array.from(serviceMs), stalls });
      break;
  }
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
server.listen(0, '127.0.0.1', () => {
  tell({ kind: 'listening', port: (server.address() as AddressInfo).port });
});
