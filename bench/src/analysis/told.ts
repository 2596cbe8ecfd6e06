import type { Chart, ExperimentResult, Sentence, Table } from '../record/index.js';
import type { Findings } from './findings.js';

type Labelled<P> = Omit<P, 'contestant' | 'variant'> & { readonly series: string };
type Named<C> = C extends { kind: 'ratios' }
  ? never
  : C extends { points: (infer P)[] }
    ? Omit<C, 'points' | 'rows'> & { readonly points: Labelled<P>[] }
    : never;
export type NamedChart = Named<Chart>;
export type NamedPoint = Extract<NamedChart, { kind: 'lines' }>['points'][number];
export type NamedTable = Omit<Table, 'columns'> & { readonly columns: { name: string; numeric: boolean }[] };

/** What an analysis says, with the contestants' labels. */
export type Told = Pick<ExperimentResult, 'done' | 'meaning'> &
  Partial<Pick<ExperimentResult, 'status' | 'reason'>> & {
    readonly answer: string;
    readonly why?: string;
    readonly charts: readonly NamedChart[];
    readonly tables: readonly NamedTable[];
  };

/** The same with their ids, as the record keeps it. */
export function recorded({ answer, why, charts, tables, ...told }: Told, findings: Findings) {
  const { contestants } = findings.study;
  const whose = (name: string): { contestant: string; variant?: string } | undefined => {
    const found = contestants
      .filter(({ label }) => name === label || name.startsWith(`${label}, `))
      .toSorted((a, b) => b.label.length - a.label.length)[0];
    if (found === undefined) return undefined;
    const variant = name.slice(found.label.length + 2);
    return variant === '' ? { contestant: found.id } : { contestant: found.id, variant };
  };
  const sentence = (text: string): Sentence[] => [
    { text, contestants: contestants.filter(({ label }) => text.includes(label)).map(({ id }) => id) },
  ];
  return {
    ...told,
    answer: sentence(answer),
    ...(why === undefined ? {} : { why: sentence(why) }),
    charts: charts.map((chart): Chart => {
      const owner = contestants.find(({ label }) => chart.title.includes(label))?.id ?? '';
      const rows = chart.kind === 'bars' && chart.points.some(({ x }) => whose(String(x)) !== undefined);
      const points = chart.points.map(({ series, ...point }) => {
        if (rows && 'x' in point)
          return { ...(whose(String(point.x)) ?? { contestant: '' }), variant: series, ...point, x: '' };
        return { ...(whose(series) ?? { contestant: owner, variant: series }), ...point };
      });
      return { ...chart, points, ...(chart.kind === 'bars' ? { rows: rows ? 'contestant' : 'x' } : {}) } as Chart;
    }),
    tables: tables.map((table): Table => {
      const kinds = table.columns.map(({ numeric }, column) => {
        const named = table.rows.some(
          (row) => whose(String(row[column]))?.variant === undefined && whose(String(row[column])) !== undefined,
        );
        return numeric ? 'number' : named ? 'contestant' : 'text';
      });
      return {
        ...table,
        columns: table.columns.map(({ name }, column) => ({ name, kind: kinds[column] ?? 'text' })),
        rows: table.rows.map((row) =>
          row.map((value, column) =>
            kinds[column] === 'contestant' ? (whose(String(value))?.contestant ?? value) : value,
          ),
        ),
      };
    }),
  };
}
