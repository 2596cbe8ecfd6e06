import type { RunningInstance } from '../contestants/index.js';
import { usualPayload, type Parity } from '../record/index.js';
import { prepareRequests, type GoldenSet } from '../requests/index.js';
import { ask } from './ask.js';

/** Predictions of float32 networks on different thread counts differ in the last digits; more is another model. */
export const TOLERANCE = { absolute: 1e-5, relative: 1e-4 } as const;

export type ParityRow = Parity['contestants'][number];

/** What one contestant's answers to all golden cases showed. */
export interface Asked {
  readonly parity: Omit<ParityRow, 'contestant' | 'model'>;
  /** Of its first answer, where there was one. */
  readonly firstAnswerMs?: number;
  /** Whether it ends the connection with each answer. */
  readonly closes?: boolean;
}

const NO_FIGURES = { maxAbsolute: null, maxRelative: null, top1Agreement: null };

/** Asks one contestant for every golden case and compares with Python's predictions (method rule 13). */
export async function checkParity(instance: RunningInstance, golden: GoldenSet): Promise<Asked> {
  const requests = prepareRequests(golden, { batch: 1, payload: usualPayload(instance.contestant.protocol) });
  let [maxAbsolute, maxRelative, agreed, worst] = [0, 0, 0, -1];
  let seen: Omit<Asked, 'parity'> = {};
  for (const prepared of requests) {
    let got: ArrayLike<number>;
    try {
      const askedAt = performance.now();
      const { values, closes } = await ask(instance, golden.model, prepared);
      seen = { firstAnswerMs: performance.now() - askedAt, closes, ...seen };
      got = values;
    } catch (cause) {
      // An address that refuses on all its families has no message of its own.
      const why = cause instanceof Error ? cause.message || 'the connection is refused' : String(cause);
      return { parity: { outcome: 'unreachable', ...NO_FIGURES, reason: `it does not answer: ${why}` } };
    }
    const { expected } = prepared;
    if (got.length !== expected.length) {
      const reason = `its answers have ${got.length} numbers, the model's ${expected.length}`;
      return { parity: { outcome: 'differs', ...NO_FIGURES, reason }, ...seen };
    }
    expected.forEach((want, index) => {
      const difference = Math.abs((got[index] ?? Number.NaN) - want);
      maxAbsolute = Math.max(maxAbsolute, difference);
      maxRelative = Math.max(maxRelative, difference / Math.max(Math.abs(want), Number.MIN_VALUE));
      worst = Math.max(worst, difference - TOLERANCE.absolute - TOLERANCE.relative * Math.abs(want));
    });
    if (highest(got) === highest(expected)) agreed += 1;
  }
  const figures = { maxAbsolute, maxRelative, top1Agreement: agreed / requests.length };
  const reason = `its predictions differ from Python's by up to ${maxAbsolute.toExponential(2)}`;
  const isSame = worst <= 0 && agreed === requests.length;
  return { parity: isSame ? { outcome: 'same', ...figures } : { outcome: 'differs', ...figures, reason }, ...seen };
}

function highest(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  return best;
}
