import type { Cell, Results } from '../../record/index.js';
import { formatCondition } from '../../words/condition.js';
import { formatCount, formatMs } from '../../words/number.js';

/** A property that is not the same in all runs, with its value in each. */
export interface Difference {
  readonly what: string;
  readonly values: readonly string[];
}

/** Everything about the machine, the software and the plan that is not the same in all runs. */
export function runDifferences(runs: readonly Results[]): Difference[] {
  const properties = runs.map(propertiesOf);
  const shared = runs.map((run) => planned(run, runs));
  const names = new Set([...properties, ...shared].flatMap((of) => [...of.keys()]));
  return [...names]
    .map((what) => ({ what, values: runs.map((_, i) => properties[i]?.get(what) ?? shared[i]?.get(what) ?? '–') }))
    .filter(({ values }) => new Set(values).size > 1);
}

function propertiesOf({ study }: Results): Map<string, string> {
  const { seeds, profile } = study.plan;
  return new Map([
    ...prefixed('machine', Object.entries(study.machine)),
    ...prefixed('version of', Object.entries(study.versions)),
    ...prefixed('run', [
      ['command', study.command],
      ['profile', profile],
      ['seeds', `arrivals ${seeds.arrivals}, inputs ${seeds.inputs}, order ${seeds.order}`],
      ['TensorFlow Serving', `${study.serving.kind} ${study.serving.version}`],
      ['interrupted', study.interrupted ?? 'no'],
    ]),
    ...prefixed(
      'contestant',
      study.contestants.map(({ id, label, backend, protocol }) => [
        id,
        `${label}; ${protocol}; answers from ${backend}`,
      ]),
    ),
    ...study.ledger.flatMap(({ property, values }) =>
      prefixed(
        'ledger',
        Object.entries(values).map(([contestant, value]) => [`${property}, ${contestant}`, value]),
      ),
    ),
  ]);
}

/** The cells that all runs planned, in words, and how many a run has that not all have. */
function planned({ study }: Results, runs: readonly Results[]): Map<string, string> {
  const ids = runs.map((run) => new Set(run.study.plan.cells.map(({ id }) => id)));
  const common = study.plan.cells.filter(({ id }) => ids.every((own) => own.has(id)));
  return new Map([
    ...prefixed(
      'cell',
      common.map((cell) => [cell.id, cellWords(cell)]),
    ),
    ['planned cells that not all runs have', formatCount(study.plan.cells.length - common.length)],
  ]);
}

function cellWords({ condition, trials, durationMs, warmupMs }: Cell): string {
  return `${formatCondition(condition)}; ${formatCount(trials)} trials of ${formatMs(durationMs)}, warm-up ${formatMs(warmupMs)}`;
}

function prefixed(kind: string, entries: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return entries.map(([name, value]) => [`${kind} ${name}`, value]);
}
