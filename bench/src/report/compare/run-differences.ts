import type { Cell, Results } from '../../record/index.js';
import { formatCondition } from '../format/condition.js';
import { formatCount, formatMs } from '../format/number.js';

export interface Difference {
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

/** Everything about the machine, the software and the plan that is not the same in two runs. */
export function runDifferences(a: Results, b: Results): Difference[] {
  const [one, two] = [a.study, b.study];
  return [
    ...recordDifferences('machine', one.machine, two.machine),
    ...recordDifferences('version of', one.versions, two.versions),
    ...recordDifferences('run', runFacts(a), runFacts(b)),
    ...recordDifferences('contestant', contestants(a), contestants(b)),
    ...ledgerDifferences(a, b),
    ...cellDifferences(a, b),
  ];
}

function runFacts({ study }: Results): Record<string, string> {
  const { profile, seeds } = study.plan;
  return {
    command: study.command,
    profile,
    seeds: `arrivals ${seeds.arrivals}, inputs ${seeds.inputs}, order ${seeds.order}`,
    'TensorFlow Serving': `${study.serving.kind} ${study.serving.version}`,
    interrupted: study.interrupted ?? 'no',
  };
}

function contestants({ study }: Results): Record<string, string> {
  return Object.fromEntries(
    study.contestants.map(({ id, label, backend, protocol }) => [id, `${label}; ${protocol}; answers from ${backend}`]),
  );
}

function ledgerDifferences(a: Results, b: Results): Difference[] {
  const values = ({ study }: Results): Record<string, string> =>
    Object.fromEntries(
      study.ledger.flatMap(({ property, values: each }) =>
        Object.entries(each).map(([contestant, value]) => [`${property}, ${contestant}`, value]),
      ),
    );
  return recordDifferences('ledger', values(a), values(b));
}

/** Cells are matched by id; the same id with another condition or length is told, ids in one run only are counted. */
function cellDifferences(a: Results, b: Results): Difference[] {
  const [one, two] = [cellsById(a), cellsById(b)];
  const changed = [...one].flatMap(([id, cell]) => {
    const other = two.get(id);
    return other === undefined || cellWords(cell) === cellWords(other)
      ? []
      : [{ what: `cell ${id}`, a: cellWords(cell), b: cellWords(other) }];
  });
  const onlyA = [...one.keys()].filter((id) => !two.has(id)).length;
  const onlyB = [...two.keys()].filter((id) => !one.has(id)).length;
  if (onlyA + onlyB === 0) return changed;
  return [
    ...changed,
    { what: 'planned cells that the other run does not have', a: formatCount(onlyA), b: formatCount(onlyB) },
  ];
}

function cellsById({ study }: Results): Map<string, Cell> {
  return new Map(study.plan.cells.map((cell) => [cell.id, cell]));
}

function cellWords({ condition, trials, durationMs, warmupMs }: Cell): string {
  return `${formatCondition(condition)}; ${formatCount(trials)} trials of ${formatMs(durationMs)}, warm-up ${formatMs(warmupMs)}`;
}

function recordDifferences(
  kind: string,
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): Difference[] {
  const [one, two] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return [...new Set([...one.keys(), ...two.keys()])]
    .map((name) => ({ what: `${kind} ${name}`, a: one.get(name) ?? '–', b: two.get(name) ?? '–' }))
    .filter((each) => each.a !== each.b);
}
