import { parentPort, workerData } from 'node:worker_threads';
import { createClock } from './clock.js';
import { ARMED, CLOSED, IDLE, INTERRUPTS, pacingCells, STATE } from './pacing-cells.js';

// The thread behind `createPacer`: sleeps until the instant it is given, then says so. It runs nothing else, so that its
// lateness is the kernel's timer slack and the scheduler's, not JavaScript's.
const { state, wakeAtNs } = pacingCells((workerData as { memory: SharedArrayBuffer }).memory);
const clock = createClock();
const port = parentPort;
if (port === null) throw new Error('pacing-thread.js is a worker thread: createPacer starts it');

for (;;) {
  Atomics.wait(state, STATE, IDLE);
  if (Atomics.load(state, STATE) === CLOSED) break;
  // Read before the instant: an interruption that comes in between then makes the sleep end at once.
  const interrupts = Atomics.load(state, INTERRUPTS);
  const wantedNs = wakeAtNs[0] ?? 0;
  const waitMs = (wantedNs - clock()) / 1e6;
  if (waitMs > 0) {
    Atomics.wait(state, INTERRUPTS, interrupts, waitMs);
  } else {
    Atomics.compareExchange(state, STATE, ARMED, IDLE);
    port.postMessage(null);
  }
}
