/** How far a version has come, as the version policy sees it. */
export type Stage = 'new' | 'queued' | 'loading' | 'ready' | 'unloading' | 'finished';

export interface PolicyVersion {
  readonly version: bigint;
  readonly stage: Stage;
  /** The source still wants it served. */
  readonly aspired: boolean;
}

export interface Action<V extends PolicyVersion> {
  readonly kind: 'load' | 'unload';
  readonly target: V;
}

/**
 * The next thing to do with the versions of one model so that it stays available: a version that should go stays until one
 * that should come is ready. Unloads lowest first, loads highest first; undefined when nothing can be done now.
 */
export function nextAction<V extends PolicyVersion>(versions: readonly V[]): Action<V> | undefined {
  const aspired = versions.filter((each) => each.aspired);
  const leaving = versions.filter((each) => !each.aspired && each.stage === 'ready');
  const mayUnload = aspired.length === 0 || aspired.some(({ stage }) => stage === 'ready') || leaving.length > 1;
  const lowest = leaving.reduce<V | undefined>(
    (low, each) => (low && low.version < each.version ? low : each),
    undefined,
  );
  if (mayUnload && lowest !== undefined) return { kind: 'unload', target: lowest };
  const highest = aspired
    .filter(({ stage }) => stage === 'new')
    .reduce<V | undefined>((high, each) => (high && high.version > each.version ? high : each), undefined);
  return highest && { kind: 'load', target: highest };
}
