import { groupedBy } from './grouped-by.js';
import type { KnownDifferences } from './known-differences.js';
import type { Outcome } from './replay-vectors.js';

export interface Report {
  readonly text: string;
  /** Outcomes that differ without being intended to. */
  readonly failures: readonly Outcome[];
}

/** A table by group, with the first difference of each group that has one. `verbose` prints all of them. */
export function reportOf(outcomes: readonly Outcome[], known: KnownDifferences, verbose = false): Report {
  const failures: Outcome[] = [];
  const lines: string[] = [];
  for (const [group, members] of [...groupedBy(outcomes, (outcome) => outcome.group)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const different = members.filter(({ difference }) => difference !== undefined);
    const failed = different.filter((outcome) => outcome.failedToReplay || known(outcome) === undefined);
    failures.push(...failed);
    const intended = different.length - failed.length;
    lines.push(
      `${failed.length === 0 ? 'pass' : 'FAIL'} ${group.padEnd(26)} ${members.length - different.length}/${members.length}` +
        (intended > 0 ? `, ${intended} intended` : ''),
    );
    for (const { id, difference } of verbose ? failed : failed.slice(0, 1))
      lines.push(`     ${id}: ${difference ?? ''}`);
    if (verbose)
      for (const outcome of different)
        if (!failed.includes(outcome)) lines.push(`     ${outcome.id} intended: ${known(outcome) ?? ''}`);
  }
  const passed = outcomes.filter(({ difference }) => difference === undefined).length;
  lines.push(
    `${passed} of ${outcomes.length} pass, ${outcomes.length - passed - failures.length} differ as intended, ${failures.length} fail`,
  );
  return { text: lines.join('\n'), failures };
}
