import type { CellResult } from '../../record/index.js';
import type { TableBlock } from '../document/block.js';
import { groupBy } from '../group-by.js';
import type { DrawnSeries, Drawing } from './drawing.js';
import type { SeriesStyles, Whose } from './series-style.js';

/** What a figure is made of. */
export interface ChartParts {
  readonly drawing: Drawing;
  /** What it shows, in sentences, for who cannot see it. */
  readonly alternative: string;
  readonly data: TableBlock;
}

/** What charts ask of the report: they hold ids, and people read names. */
export interface Names {
  readonly styles: SeriesStyles;
  label(contestant: string): string;
  cell(id: string): CellResult | undefined;
}

/** Most series or rows that a description for a screen reader tells. */
const MOST_LISTED = 8;

/** The points of each contestant and variant under their common name, in the order in which they occur. */
export function seriesOf<P extends Whose>(
  points: readonly P[],
  names: Names,
): (DrawnSeries & { readonly contestant: string; readonly points: readonly P[] })[] {
  const styleOf = names.styles.ofSeries(points);
  const groups = groupBy(points, ({ contestant, variant }) => `${contestant}\n${variant ?? ''}`);
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { contestant } = first;
    return [{ name: seriesName(first, names), contestant, style: styleOf(first), points: own }];
  });
}

export function seriesName({ contestant, variant }: Whose, names: Pick<Names, 'label'>): string {
  return [names.label(contestant), variant ?? ''].filter((part) => part !== '').join(', ');
}

/** `from 1.20 at p50 to 3.40 at p99`. */
export function fromTo<P>(points: readonly P[], words: (point: P) => string): string {
  return `from ${[...points.slice(0, 1), ...points.slice(-1)].map(words).join(' to ')}`;
}

/** The words of each series, at most eight of them. */
export function listed(words: readonly string[]): string {
  const rest = words.length - MOST_LISTED;
  return `${words.slice(0, MOST_LISTED).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`;
}
