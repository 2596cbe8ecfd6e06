import type { GeneratorHealth } from '../../record/index.js';
import {
  openSamplesWriter,
  readSamples,
  sampleAt,
  type SamplesIdentity,
  type SampleTable,
} from '../../samples/index.js';
import type { TrialOutcome } from '../trial-outcome.js';

/** Writes the samples of several files into one, in the order in which requests ended; each file's begin with its own window. */
export async function mergeSamples(parts: readonly string[], file: string, identity: SamplesIdentity): Promise<void> {
  const tables = await Promise.all(parts.map(async (part) => (await readSamples(part)).table));
  const next = tables.map((table) => ({ table, row: 0 }));
  const writer = openSamplesWriter(file, identity);
  try {
    for (;;) {
      const left = next.filter(({ table, row }) => row < table.length);
      const [first] = left.sort((one, other) => endOf(one.table, one.row) - endOf(other.table, other.row));
      if (first === undefined) return;
      writer.append(sampleAt(first.table, first.row));
      first.row += 1;
    }
  } finally {
    writer.close();
  }
}

function endOf({ doneAtNs, intendedAtNs }: SampleTable, row: number): number {
  const doneAt = doneAtNs[row] ?? Number.NaN;
  return Number.isNaN(doneAt) ? (intendedAtNs[row] ?? 0) : doneAt;
}

/** What a trial gave whose parts ran at the same time, by generator. */
export function mergeOutcomes(parts: ReadonlyMap<string, TrialOutcome>): TrialOutcome {
  const outcomes = [...parts.values()];
  const [first] = outcomes;
  if (first === undefined) throw new Error('a trial without parts');
  return {
    ...first,
    durationMs: Math.min(...outcomes.map(({ durationMs }) => durationMs)),
    samples: outcomes.reduce((sum, { samples }) => sum + samples, 0),
    generator: worstOf(outcomes.map(({ generator }) => generator)),
    generators: Object.fromEntries([...parts].map(([address, { generator }]) => [address, generator])),
    cut: outcomes.some(({ cut }) => cut),
    failures: [...new Set(outcomes.flatMap(({ failures }) => failures))].slice(0, MOST_FAILURES),
  };
}

const MOST_FAILURES = 5;

/** Gates ask whether the generator may have set the figures: the busiest and latest answers for all. */
function worstOf(healths: readonly GeneratorHealth[]): GeneratorHealth {
  const most = (of: (health: GeneratorHealth) => number): number => Math.max(...healths.map(of));
  const sum = (of: (health: GeneratorHealth) => number): number => healths.reduce((total, each) => total + of(each), 0);
  return {
    lagP50Ms: most(({ lagP50Ms }) => lagP50Ms),
    lagP99Ms: most(({ lagP99Ms }) => lagP99Ms),
    lagMaxMs: most(({ lagMaxMs }) => lagMaxMs),
    cpuShare: most(({ cpuShare }) => cpuShare),
    dropped: sum(({ dropped }) => dropped),
    connectionsOpened: sum(({ connectionsOpened = 0 }) => connectionsOpened),
  };
}
