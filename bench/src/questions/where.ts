import type { Cell, ModelFacts } from '../record/index.js';

/** The greatest or least value that was planned: numbers by size, models by arithmetic, CPUs by how many they are. */
export const MOST = Symbol('most');
export const LEAST = Symbol('least');

/**
 * Names one cell of a question by what it varies: `clients`, `ratePerS`, `model`, `batch`, `payload`, `rttMs`, `jitterMs`,
 * `bandwidthMbitS`, or a factor. `null` or undefined: it has none.
 */
export type Where = Readonly<Record<string, Value | null | undefined | typeof MOST | typeof LEAST>>;
type Value = string | number | boolean;
export type Varied = Pick<Cell, 'contestant' | 'condition'>;

/** Which of a question's cells a chart or table shows: all that match, `null` meaning that a cell has none of it. */
export type Shown = Readonly<Record<string, readonly (Value | null)[]>>;

/** All that a cell has of what `Where` and `Shown` name. */
export function valuesIn({ contestant, condition }: Varied): Readonly<Record<string, Value | undefined>> {
  const { loop, model, batch, payload, network, factors } = condition;
  const load = loop.kind === 'closed' ? { clients: loop.concurrency } : { ratePerS: loop.ratePerS };
  return { ...factors, ...network, ...load, contestant, model, batch, payload };
}

/** One of them; undefined when it has none. */
export function valueIn(cell: Varied, name: string): Value | undefined {
  return valuesIn(cell)[name];
}

/** The first cell that `where` names. */
export function select<C extends Varied>(
  cells: readonly C[],
  where: Where,
  models: ReadonlyMap<string, ModelFacts>,
): C | undefined {
  let found = cells.filter((each) =>
    Object.entries(where).every(
      ([name, wanted]) => typeof wanted === 'symbol' || valueIn(each, name) === (wanted ?? undefined),
    ),
  );
  for (const [name, wanted] of Object.entries(where)) {
    if (wanted !== MOST && wanted !== LEAST) continue;
    const values = [...new Set(found.flatMap((each) => valueIn(each, name) ?? []))];
    const ranked = values.toSorted((a, b) => rank(name, a, models) - rank(name, b, models));
    const extreme = ranked.at(wanted === MOST ? -1 : 0);
    found = found.filter((each) => valueIn(each, name) === extreme);
  }
  return found[0];
}

/** Models by their arithmetic, lists of CPUs by their length. */
function rank(name: string, value: Value, models: ReadonlyMap<string, ModelFacts>): number {
  if (typeof value === 'number') return value;
  return name === 'model' ? (models.get(String(value))?.flopsPerInstance ?? 0) : String(value).split(',').length;
}
