import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ARMED, CLOSED, INTERRUPTS, pacingCells, STATE } from './pacing-cells.js';

/** Calls back at instants, far more precisely than setTimeout (which is late by half a millisecond and more). */
export interface Pacer {
  /**
   * Asks for a call of `onWake` at `instantNs` (of `createClock`), or at once when that is past. The last wish counts.
   * `onWake` may come without need, and every call of it ends the wish: it looks at the clock and asks again.
   */
  wakeAt(instantNs: number): void;
  close(): Promise<void>;
}

/**
 * A thread waits with `Atomics.wait`, whose timeout is a futex timeout (50 us timer slack), and posts a message: late by
 * 0.1 to 0.15 ms at the median on two shared cores and nearly free, where spinning would take a core from the servers.
 * docs/decisions/0011-load-generator.md has the comparison.
 */
export async function createPacer(onWake: () => void): Promise<Pacer> {
  const memory = new SharedArrayBuffer(16);
  const { state, wakeAtNs } = pacingCells(memory);
  const worker = new Worker(new URL('./pacing-thread.js', import.meta.url), { workerData: { memory } });
  let armedForNs = Number.POSITIVE_INFINITY;
  worker.on('message', () => {
    armedForNs = Number.POSITIVE_INFINITY;
    onWake();
  });
  await once(worker, 'online');

  return {
    wakeAt(instantNs) {
      const before = armedForNs;
      armedForNs = instantNs;
      wakeAtNs[0] = instantNs;
      if (before === Number.POSITIVE_INFINITY) {
        Atomics.store(state, STATE, ARMED);
        Atomics.notify(state, STATE);
      } else if (instantNs < before) {
        Atomics.add(state, INTERRUPTS, 1);
        Atomics.notify(state, INTERRUPTS);
      }
      // A later wish needs no word: the thread looks again when it wakes for the earlier one.
    },
    async close() {
      Atomics.store(state, STATE, CLOSED);
      Atomics.notify(state, STATE);
      Atomics.add(state, INTERRUPTS, 1);
      Atomics.notify(state, INTERRUPTS);
      await worker.terminate();
    },
  };
}
