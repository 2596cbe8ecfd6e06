import type { RunningInstance } from '../contestants/index.js';
import type { StudyRecord } from '../record/index.js';
import type { GoldenSet } from '../requests/index.js';
import { askOnce } from './ask.js';

/** The first request after a start, timed on its own (method rule 6): graph optimisation and kernel set-up happen here. */
export async function measureColdStart(
  instance: RunningInstance,
  golden: GoldenSet,
): Promise<StudyRecord['coldStarts'][number]> {
  const askedAt = performance.now();
  await askOnce(instance, golden);
  const firstAnswerMs = performance.now() - askedAt;
  return { contestant: instance.contestant.id, readyMs: instance.readyMs, firstAnswerMs };
}
