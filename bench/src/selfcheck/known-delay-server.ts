import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clock } from '../load/net/clock.js';

// A server whose answers take a known time: each is sent `delayMs` after its request has arrived, whatever else is under
// way, except while the whole process stands still. What "known" rests on is its own Server-Timing. In a process of its own.

const delayNs = Number(process.argv[2]) * 1e6;
const ANSWER = Buffer.from('{"predictions":[[1,2,3]]}');
const pending: { readonly arrivedAtNs: number; readonly response: ServerResponse }[] = [];

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
    const tookMs = (clock() - first.arrivedAtNs) / 1e6;
    first.response.setHeader('server-timing', `inference;dur=${tookMs}`).end(ANSWER);
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
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
