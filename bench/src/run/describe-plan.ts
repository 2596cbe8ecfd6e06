import type { Plan, StudyRecord } from '../record/index.js';
import { formatDuration } from '../words/number.js';

/** The plan as text: experiments, conditions, contestants, durations, and what cannot be tested here. */
export function describePlan(plan: Plan, notTested: StudyRecord['notTested']): string {
  const groups = new Map<string, { contestants: string[]; trials: number; ms: number }>();
  for (const { group, contestant, trials, warmupMs, durationMs } of plan.cells) {
    const entry = groups.get(group) ?? { contestants: [], trials: 0, ms: 0 };
    entry.contestants.push(contestant);
    entry.trials += trials;
    entry.ms += trials * (warmupMs + durationMs);
    groups.set(group, entry);
  }
  return [
    `Profile ${plan.profile}: ${plan.cells.length} cells, about ${formatDuration(plan.expectedMs)} with the start of servers.`,
    ...(plan.passes === 1
      ? []
      : [
          `Claims are decided in ${plan.passes} passes; servers ${plan.startsAnew ? 'are restarted for each' : 'keep running between them'}.`,
        ]),
    `Seeds: arrivals ${plan.seeds.arrivals}, inputs ${plan.seeds.inputs}, order ${plan.seeds.order}.`,
    '',
    ...[...groups].map(
      ([group, { contestants, trials, ms }]) =>
        `${group}: ${trials} trials, ${formatDuration(ms)}: ${contestants.join(', ')}`,
    ),
    ...(notTested.length === 0
      ? []
      : ['', 'Not tested here:', ...notTested.map(({ subject, reason }) => `${subject}: ${reason}`)]),
  ].join('\n');
}
