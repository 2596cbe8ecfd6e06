import { z } from 'zod';
import type { Findings } from '../../judge/findings.js';

/** What counting a contestant's sources gave. */
export const workSchema = z.array(
  z.strictObject({
    contestant: z.string(),
    /** The server itself, or one of the features a developer adds or gets. */
    feature: z.string(),
    files: z.int(),
    /** Lines with code: neither empty nor comment. */
    lines: z.int(),
    dependencies: z.int(),
    /** Where the feature comes from when no line of it is written: a flag, a library. */
    givenBy: z.string().optional(),
  }),
);
export type Work = z.infer<typeof workSchema>;

/** Lines of code of each contestant, all features it has; empty when they were not counted. */
export function linesByContestant(findings: Findings): ReadonlyMap<string, number> {
  const parsed = workSchema.safeParse(findings.study.observations['work-by-hand']);
  const lines = new Map<string, number>();
  for (const each of parsed.success ? parsed.data : [])
    lines.set(each.contestant, (lines.get(each.contestant) ?? 0) + each.lines);
  return lines;
}
