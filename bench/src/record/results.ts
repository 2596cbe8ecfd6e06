import { z } from 'zod';
import { cellResultSchema } from './cell-result.js';
import { claimVerdictSchema } from './claim-verdict.js';
import { experimentResultSchema } from './experiment-result.js';
import { studyRecordSchema } from './study-record.js';
import { trialRecordSchema } from './trial-record.js';

/** results.json: what statistics and verdict rules made of a run folder. The report is rendered from this alone. */
export const resultsSchema = z.strictObject({
  formatVersion: z.literal(2),
  study: studyRecordSchema,
  cells: z.array(cellResultSchema),
  claims: z.array(claimVerdictSchema),
  experiments: z.array(experimentResultSchema),
  /** The trials' own records: seeds, sample files, generator health, resources. The report's evidence per trial. */
  trials: z.array(trialRecordSchema).optional(),
  /** Names of the raw files, relative to the run folder. */
  files: z.array(z.string()),
});
export type Results = z.infer<typeof resultsSchema>;

/** The same for other tools, as a JSON schema with its version in its name. */
export function resultsJsonSchema(): object {
  const title = `results.json of a serving study, format ${resultsSchema.shape.formatVersion.value}`;
  return { ...z.toJSONSchema(resultsSchema, { reused: 'ref' }), title };
}
