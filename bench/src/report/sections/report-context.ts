import { chartFigure } from '../charts/chart-figure.js';
import type { ChartParts, Names } from '../charts/chart-parts.js';
import { SeriesStyles } from '../charts/series-style.js';
import { eventWords } from '../charts/timeline-figure.js';
import type { FigureBlock } from '../document/block.js';
import { slug } from '../format/slug.js';
import type { CellResult, Chart, ClaimVerdict, Contestant, ExperimentResult, Results } from '../../record/index.js';

/** The results with what every section asks of them. Numbers figures in the order in which they are made. */
export class ReportContext implements Names {
  readonly results: Results;
  readonly styles: SeriesStyles;
  readonly #contestants: ReadonlyMap<string, Contestant>;
  readonly #cells: ReadonlyMap<string, CellResult>;
  #figures = 0;

  constructor(results: Results) {
    const { contestants } = results.study;
    this.results = results;
    this.styles = new SeriesStyles(contestants);
    this.#contestants = new Map(contestants.map((contestant) => [contestant.id, contestant]));
    this.#cells = new Map(results.cells.map((cell) => [cell.cell.id, cell]));
  }

  contestant(id: string): Contestant | undefined {
    return this.#contestants.get(id);
  }

  label(id: string): string {
    return this.#contestants.get(id)?.label ?? id;
  }

  cell(id: string): CellResult | undefined {
    return this.#cells.get(id);
  }

  /** Whether a contestant's figures are the stand-in's and so belong in a section of their own (method rule 20). */
  isStandin(contestant: string): boolean {
    return this.#contestants.get(contestant)?.backend === 'stand-in';
  }

  /** Whether a stand-in really ran: one that was only planned took nobody's place. */
  get standinRan(): boolean {
    const { study, cells, claims, experiments } = this.results;
    return [
      ...cells.filter(({ trials }) => trials.length > 0).map(({ cell }) => cell.contestant),
      ...(study.parity?.contestants ?? []).map(({ contestant }) => contestant),
      ...study.coldStarts.map(({ contestant }) => contestant),
      ...claims.flatMap(contestantsOfClaim),
      ...experiments.flatMap(contestantsOfExperiment),
    ].some((id) => this.isStandin(id));
  }

  /** Cells that were measured at all. Contestants that failed the parity gate are not compared (method rule 13). */
  get measured(): readonly CellResult[] {
    const failed = new Set(
      this.results.study.parity?.contestants
        .filter(({ outcome }) => outcome === 'differs')
        .map(({ contestant }) => contestant),
    );
    return this.results.cells.filter(({ cell, trials }) => trials.length > 0 && !failed.has(cell.contestant));
  }

  /** Questions that were answered without cells, such as capacity or updates. */
  get observed(): readonly ExperimentResult[] {
    const withCells = new Set(this.results.study.plan.cells.map(({ experiment }) => experiment));
    return this.results.experiments.filter(({ id, status }) => status !== 'not-tested' && !withCells.has(id));
  }

  figure(wish: ChartParts & { readonly title: string; readonly caption: string }): FigureBlock {
    this.#figures += 1;
    const id = `fig-${String(this.#figures).padStart(2, '0')}-${slug(wish.title)}`;
    return { kind: 'figure', id, number: this.#figures, ...wish };
  }

  chart(chart: Chart): FigureBlock {
    const invalid =
      (chart.kind === 'lines' || chart.kind === 'bars') && chart.points.some(({ valid }) => valid === false);
    const caption = [
      chart.caption,
      ...(chart.kind === 'timeline' && chart.events.length > 0 ? [`Events: ${eventWords(chart)}.`] : []),
      ...(invalid ? ['A × is INVALID and decides nothing.'] : []),
    ].join(' ');
    return this.figure({ title: chart.title, caption, ...chartFigure(chart, this) });
  }
}

function contestantsOfClaim({ effects, standin }: ClaimVerdict): string[] {
  return [...effects, ...(standin?.effects ?? [])].flatMap(({ contestants }) => Object.values(contestants));
}

function contestantsOfExperiment({ charts, tables, answer, why = [] }: ExperimentResult): string[] {
  return [
    ...[...answer, ...why].flatMap(({ contestants }) => contestants),
    ...charts.flatMap((chart) =>
      chart.kind === 'ratios'
        ? chart.rows.flatMap(({ contestants }) => Object.values(contestants))
        : chart.points.map(({ contestant }) => contestant),
    ),
    ...tables.flatMap(({ columns, rows }) =>
      rows.flatMap((row) => row.filter((_, column) => columns[column]?.kind === 'contestant').map(String)),
    ),
  ];
}
