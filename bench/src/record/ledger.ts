import { z } from 'zod';

/** One property of every contestant in the fairness ledger (method rule 14). */
export const ledgerRowSchema = z.strictObject({
  property: z.string(),
  /** Contestant id -> value; a contestant without the property is absent. */
  values: z.record(z.string(), z.string()),
  /** True when the values are not all equal: the report highlights the row. */
  differs: z.boolean(),
  note: z.string().optional(),
});
export type LedgerRow = z.infer<typeof ledgerRowSchema>;
