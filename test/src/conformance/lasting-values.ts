/** A value of a probe from `t_ms` on, until the next one. */
export interface Sample {
  readonly t_ms: number;
  readonly value: unknown;
}

/** Values shorter than this do not count: a sampler of 50 ms may miss them. */
const LASTING_MS = 600;
/** The same for a version in START, LOADING or UNLOADING: how long those last is the machine's speed. */
const PASSING_MS = 2000;
const PASSING = /"state":"(START|LOADING|UNLOADING)"/;

/**
 * Compares the order of the values that last. A value that lasts about as long as the limit may be on either side of it,
 * and a version may take its time to load where the recorded one was quick. When the replay took `stretch` times the
 * recorded `durationMs`, what passes may take that much longer too; how long a recorded value lasted stays as recorded.
 */
export function differenceOfValues(
  expected: readonly Sample[],
  actual: readonly Sample[],
  durationMs: number,
  stretch = 1,
): string | undefined {
  const replayedMs = durationMs * stretch;
  const wanted = lastingValues(expected, durationMs, 1);
  const got = lastingValues(actual, replayedMs, stretch).filter(
    (value) => !PASSING.test(value) || wanted.includes(value),
  );
  const same =
    isSubsequence(wanted, lastingValues(actual, replayedMs, NEARLY)) &&
    isSubsequence(got, lastingValues(expected, durationMs, NEARLY));
  return same ? undefined : `expected ${wanted.join(' -> ')}, got ${got.join(' -> ')}`;
}

/** What still counts as lasting when the other side's value does. */
const NEARLY = 0.5;

/** The values of one probe that last, in order, as text; equal neighbours count once. */
function lastingValues(samples: readonly Sample[], durationMs: number, scale: number): string[] {
  const kept: string[] = [];
  samples.forEach(({ t_ms: from, value }, index) => {
    const lasts = (samples[index + 1]?.t_ms ?? durationMs) - from;
    const text = JSON.stringify(value, sortedKeys);
    if (lasts >= (PASSING.test(text) ? PASSING_MS : LASTING_MS) * scale && kept.at(-1) !== text) kept.push(text);
  });
  return kept;
}

/** Whether `part` can be made from `whole` by leaving values out. */
function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const value of whole) if (value === part[at]) at += 1;
  return at === part.length;
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
