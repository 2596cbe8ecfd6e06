import type { RunningInstance } from '../contestants/index.js';
import { compareAnswer, type Answer } from '../load/index.js';
import { usualPayload, type Parity } from '../record/index.js';
import { elementsOf, type GoldenOutput, type GoldenSet } from '../requests/index.js';
import { ask, RefusedError } from './ask.js';

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

/** Asks one contestant for every golden case and compares with the model's own predictions (method rule 13). */
export async function checkParity(instance: RunningInstance, golden: GoldenSet): Promise<Asked> {
  const requests = golden.prepare({ batch: 1, payload: usualPayload(instance.contestant.protocol) });
  let [maxAbsolute, maxRelative] = [0, 0];
  let difference: string | undefined;
  const agreements: boolean[] = [];
  let seen: Omit<Asked, 'parity'> = {};
  for (const prepared of requests) {
    let got: Answer;
    try {
      const askedAt = performance.now();
      const { answer, closes } = await ask(instance, golden.model, prepared);
      seen = { firstAnswerMs: performance.now() - askedAt, closes, ...seen };
      got = answer;
    } catch (cause) {
      // An address that refuses on all its families has no message of its own.
      const why = cause instanceof Error ? cause.message || 'the connection is refused' : String(cause);
      if (cause instanceof RefusedError)
        return {
          parity: { outcome: 'cannot feed', ...NO_FIGURES, reason: `it refuses what the model itself answers: ${why}` },
        };
      return { parity: { outcome: 'unreachable', ...NO_FIGURES, reason: `it does not answer: ${why}` } };
    }
    const compared = compareAnswer(prepared.outputs, got);
    difference ??= compared.difference;
    maxAbsolute = Math.max(maxAbsolute, compared.maxAbsolute);
    maxRelative = Math.max(maxRelative, compared.maxRelative);
    const agrees = sameHighest(prepared.outputs, got);
    if (agrees !== undefined) agreements.push(agrees);
  }
  const top1Agreement =
    agreements.length === 0 ? null : agreements.filter((agrees) => agrees).length / agreements.length;
  const figures = { maxAbsolute, maxRelative, top1Agreement };
  if (difference === undefined) return { parity: { outcome: 'same', ...figures }, ...seen };
  const reason = `its predictions differ from the model's own by up to ${maxAbsolute.toExponential(2)}: ${difference}`;
  return { parity: { outcome: 'differs', ...figures, reason }, ...seen };
}

/** Whether the highest class is the golden one; undefined where no single output of several floating numbers is one of classes. */
function sameHighest([output, ...others]: readonly GoldenOutput[], { outputs }: Answer): boolean | undefined {
  const [got] = outputs.values();
  if (output === undefined || others.length > 0 || got === undefined) return undefined;
  const wanted = elementsOf(output.tensor);
  if (typeof wanted[0] !== 'number' || wanted.length < 2) return undefined;
  return highest(got) === highest(wanted);
}

function highest(values: ArrayLike<unknown>): number {
  let best = 0;
  for (let index = 1; index < values.length; index += 1)
    if (Number(values[index] ?? 0) > Number(values[best] ?? 0)) best = index;
  return best;
}
