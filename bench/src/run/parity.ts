import type { RunningInstance } from '../contestants/index.js';
import type { Parity } from '../record/index.js';
import { prepareRequests, type GoldenSet } from '../requests/index.js';
import { ask, payloadFor } from './ask.js';

/** Predictions of float32 networks on different thread counts differ in the last digits; more is another model. */
export const TOLERANCE = { absolute: 1e-5, relative: 1e-4 } as const;

type ParityRow = Parity['contestants'][number];

/**
 * Asks one contestant for every golden case and compares with Python's predictions (method rule 13).
 * @throws Error when it does not answer: that is no prediction of another kind.
 */
export async function checkParity(instance: RunningInstance, golden: GoldenSet): Promise<ParityRow> {
  const { worst, maxAbsolute, maxRelative, top1Agreement } = await measure(instance, golden).catch((cause: unknown) => {
    // An address that refuses on all its families has no message of its own.
    const reason = cause instanceof Error ? cause.message || 'the connection is refused' : String(cause);
    throw new Error(`${instance.contestant.id} does not answer: ${reason}`, { cause });
  });
  const passed = worst <= 0 && top1Agreement === 1;
  return {
    contestant: instance.contestant.id,
    model: `${golden.model} version ${golden.version}`,
    ...{ maxAbsolute, maxRelative, top1Agreement, passed },
    ...(passed ? {} : { reason: `predictions differ from Python's by up to ${maxAbsolute.toExponential(2)}` }),
  };
}

interface Differences {
  readonly maxAbsolute: number;
  readonly maxRelative: number;
  readonly top1Agreement: number;
  /** Largest excess over the tolerance; not above 0 when all agree. */
  readonly worst: number;
}

async function measure(instance: RunningInstance, golden: GoldenSet): Promise<Differences> {
  const requests = prepareRequests(golden, { batch: 1, payload: payloadFor(instance) });
  let [maxAbsolute, maxRelative, agreed, worst] = [0, 0, 0, -1];
  for (const prepared of requests) {
    const got = await ask(instance, golden.model, prepared);
    if (got.length !== prepared.expected.length)
      return {
        maxAbsolute: Number.MAX_VALUE,
        maxRelative: Number.MAX_VALUE,
        top1Agreement: 0,
        worst: Number.MAX_VALUE,
      };
    prepared.expected.forEach((want, index) => {
      const difference = Math.abs((got[index] ?? Number.NaN) - want);
      maxAbsolute = Math.max(maxAbsolute, difference);
      maxRelative = Math.max(maxRelative, difference / Math.max(Math.abs(want), Number.MIN_VALUE));
      worst = Math.max(worst, difference - TOLERANCE.absolute - TOLERANCE.relative * Math.abs(want));
    });
    if (highest(got) === highest(prepared.expected)) agreed += 1;
  }
  return { maxAbsolute, maxRelative, top1Agreement: agreed / requests.length, worst };
}

function highest(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  return best;
}
