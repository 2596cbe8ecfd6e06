import { z } from 'zod';
import type { Contestant } from './contestant.js';

const rowSchema = z.strictObject({
  contestant: z.string(),
  model: z.string(),
  /** `unreachable`: it did not answer, so nobody knows how it predicts. `cannot feed`: it refuses what the model takes. */
  outcome: z.enum(['same', 'differs', 'unreachable', 'cannot feed']),
  /** Null where there was no answer to compare, or one of another length. */
  maxAbsolute: z.number().nullable(),
  maxRelative: z.number().nullable(),
  /** Share of inputs whose highest class is the golden one, 0 to 1. */
  top1Agreement: z.number().nullable(),
  reason: z.string().optional(),
});

/**
 * Does each contestant give the predictions of the model's golden outputs (method rule 13)? One that does not is left out; the
 * others may still be compared.
 */
export const paritySchema = z.preprocess(
  fromPassed,
  z.strictObject({
    inputs: z.int(),
    tolerance: z.strictObject({ absolute: z.number(), relative: z.number() }),
    contestants: z.array(z.preprocess(fromPassed, rowSchema)),
  }),
);
export type Parity = z.infer<typeof paritySchema>;

/** Older runs say `passed`, of each contestant and of all together. */
function fromPassed(record: unknown): unknown {
  if (typeof record !== 'object' || record === null || !('passed' in record)) return record;
  const { passed, ...rest } = record;
  return 'contestants' in rest ? rest : { ...rest, outcome: passed === true ? 'same' : 'differs' };
}

/** Whether nobody came as far as being compared; of the bare engine alone there is nothing to compare. */
export function isUnchecked({
  parity,
  contestants,
}: {
  readonly parity?: Parity | undefined;
  readonly contestants: readonly Contestant[];
}): boolean {
  return parity === undefined && (contestants.length === 0 || contestants.some(({ role }) => role !== 'engine'));
}

/** Whether contestants were asked and none predicts as the model does: then there is nothing to compare. */
export function noneAgrees(parity: Parity | undefined): boolean {
  const rows = parity?.contestants ?? [];
  return rows.length > 0 && rows.every(({ outcome }) => outcome !== 'same');
}
