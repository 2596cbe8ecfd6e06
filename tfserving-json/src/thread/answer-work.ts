import { parentPort } from 'node:worker_threads';
import type { Reply } from './work-thread.js';

export interface Outcome<Result> {
  readonly result: Result;
  /** Of the result, and not needed here any more. */
  readonly memory?: Iterable<ArrayBuffer>;
}

/** The other side of WorkThread, for the thread's program. `refusalOf` gives undefined for an error that is a fault of ours. */
export function answerWork(outcomeOf: (work: never) => Outcome<unknown>, refusalOf: (error: unknown) => unknown): void {
  const reply = (message: Reply<unknown, unknown>, memory: Iterable<ArrayBuffer> = []): void => {
    parentPort?.postMessage(message, [...memory]);
  };
  parentPort?.on('message', (work: unknown) => {
    try {
      const { result, memory } = outcomeOf(work as never);
      reply({ result }, memory);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== undefined) reply({ refusal });
      else reply({ fault: error instanceof Error ? error.message : String(error) });
    }
  });
}
