import { CallGate } from './call-gate.js';

/** A native function that can run on libuv's thread pool, so that JavaScript goes on meanwhile. */
export interface AsyncFunction {
  async: (...parameters: unknown[]) => void;
}

/** Calls handed to libuv's pool at a time; above every sensible UV_THREADPOOL_SIZE, so that no thread of it stands idle. */
const MAX_CALLS_AT_ONCE = 64;
const gate = new CallGate(MAX_CALLS_AT_ONCE);

/** Does `work`, which calls `onThreadPool`, when it is its turn: in the order of the calls, 64 at a time for each JavaScript thread. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = gate.enter();
  if (turn !== undefined) await turn;
  try {
    return await work();
  } finally {
    gate.leave();
  }
}

/** Memory that native code reads or writes in calls now on the pool: the garbage collector must see that it is in use. */
const inUse = new Set<readonly Uint8Array[]>();

/** Calls a native function on the thread pool; `memory` is kept alive until it returns. */
export function onThreadPool(
  fn: AsyncFunction,
  parameters: readonly unknown[],
  memory: readonly Uint8Array[] = [],
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    inUse.add(memory);
    fn.async(...parameters, (error: Error | null, result: unknown) => {
      inUse.delete(memory);
      if (error === null) resolve(result);
      else reject(error);
    });
  });
}
