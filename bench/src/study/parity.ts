import type { RunningInstance } from '../contestants/index.js';
import type { Parity } from '../record/index.js';
import { prepareRequests, type GoldenSet } from '../requests/index.js';
import { ask, payloadFor } from './ask.js';

/** Predictions of float32 networks on different thread counts differ in the last digits; more is another model. */
export const TOLERANCE = { absolute: 1e-5, relative: 1e-4 } as const;

type ParityRow = Parity['contestants'][number];

/** Asks one contestant for every golden case and compares with Python's predictions (method rule 13). Never throws for an answer. */
export async function checkParity(instance: RunningInstance, golden: GoldenSet): Promise<ParityRow> {
  const row = { contestant: instance.contestant.id, model: `${golden.model} version ${golden.version}` };
  try {
    const differences = await measure(instance, golden);
    const passed = differences.worst <= 0 && differences.top1Agreement === 1;
    const reason = passed
      ? {}
      : { reason: `predictions differ from Python's by up to ${differences.maxAbsolute.toExponential(2)}` };
    return {
      ...row,
      maxAbsolute: differences.maxAbsolute,
      maxRelative: differences.maxRelative,
      top1Agreement: differences.top1Agreement,
      passed,
      ...reason,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ...row,
      maxAbsolute: Number.MAX_VALUE,
      maxRelative: Number.MAX_VALUE,
      top1Agreement: 0,
      passed: false,
      reason,
    };
  }
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
      throw new Error(`${got.length} numbers answered, ${prepared.expected.length} expected`);
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
