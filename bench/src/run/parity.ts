import type { RunningInstance } from '../contestants/index.js';
import type { Parity } from '../record/index.js';
import { prepareRequests, type GoldenSet } from '../requests/index.js';
import { ask, payloadFor } from './ask.js';

/** Predictions of float32 networks on different thread counts differ in the last digits; more is another model. */
export const TOLERANCE = { absolute: 1e-5, relative: 1e-4 } as const;

export type ParityRow = Parity['contestants'][number];
type Found = Omit<ParityRow, 'contestant' | 'model'>;

const NO_FIGURES = { maxAbsolute: null, maxRelative: null, top1Agreement: null };

/** Asks one contestant for every golden case and compares with Python's predictions (method rule 13). */
export async function checkParity(instance: RunningInstance, golden: GoldenSet): Promise<Found> {
  const requests = prepareRequests(golden, { batch: 1, payload: payloadFor(instance) });
  let [maxAbsolute, maxRelative, agreed, worst] = [0, 0, 0, -1];
  for (const prepared of requests) {
    let got: ArrayLike<number>;
    try {
      got = (await ask(instance, golden.model, prepared)).values;
    } catch (cause) {
      // An address that refuses on all its families has no message of its own.
      const why = cause instanceof Error ? cause.message || 'the connection is refused' : String(cause);
      return { outcome: 'unreachable', ...NO_FIGURES, reason: `it does not answer: ${why}` };
    }
    const { expected } = prepared;
    if (got.length !== expected.length) {
      const reason = `its answers have ${got.length} numbers, the model's ${expected.length}`;
      return { outcome: 'differs', ...NO_FIGURES, reason };
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
  return worst <= 0 && agreed === requests.length
    ? { outcome: 'same', ...figures }
    : {
        outcome: 'differs',
        ...figures,
        reason: `its predictions differ from Python's by up to ${maxAbsolute.toExponential(2)}`,
      };
}

function highest(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  return best;
}
