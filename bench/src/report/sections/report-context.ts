import { chartFigure } from '../charts/chart-figure.js';
import type { ChartParts, Names } from '../charts/chart-parts.js';
import { SeriesStyles } from '../charts/series-style.js';
import { eventWords } from '../charts/timeline-figure.js';
import type { FigureBlock } from '../document/block.js';
import { slug } from '../format/slug.js';
import type { CellResult, Chart, Contestant, ExperimentResult, Results } from '../../record/index.js';
import { partExperiment, type Parted } from './without-standin.js';

/** The results with what every section asks of them. Numbers figures in the order in which they are made. */
export class ReportContext implements Names {
  readonly results: Results;
  readonly styles: SeriesStyles;
  /** Cells that were measured at all. Contestants that failed the parity gate are not compared (method rule 13). */
  readonly measured: readonly CellResult[];
  readonly #contestants: ReadonlyMap<string, Contestant>;
  readonly #cells: ReadonlyMap<string, CellResult>;
  readonly #prefix: string;
  #figures = 0;

  /** `prefix`: of the figures' ids, which name their files too. */
  constructor(results: Results, prefix = '') {
    const { contestants, parity } = results.study;
    this.results = results;
    this.styles = new SeriesStyles(contestants);
    const failed = new Set(parity?.contestants.flatMap((each) => (each.outcome === 'differs' ? each.contestant : [])));
    this.measured = results.cells.filter(({ cell, trials }) => trials.length > 0 && !failed.has(cell.contestant));
    this.#contestants = new Map(contestants.map((contestant) => [contestant.id, contestant]));
    this.#cells = new Map(results.cells.map((cell) => [cell.cell.id, cell]));
    this.#prefix = prefix;
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

  part(experiment: ExperimentResult): Parted {
    return partExperiment(experiment, (id) => this.isStandin(id));
  }

  /** Whether a stand-in really ran: one that was only planned took nobody's place. */
  get standinRan(): boolean {
    const { study, cells, claims, experiments } = this.results;
    const ran = [
      ...cells.flatMap(({ cell, trials }) => (trials.length > 0 ? cell : [])),
      ...(study.parity?.contestants ?? []),
      ...study.coldStarts,
    ];
    return (
      ran.some(({ contestant }) => this.isStandin(contestant)) ||
      claims.some(({ standin }) => standin !== undefined) ||
      experiments.some((each) => Object.values(this.part(each).standin).some(({ length }) => length > 0))
    );
  }

  /** Questions that were answered without cells, such as capacity or updates. */
  get observed(): readonly ExperimentResult[] {
    const withCells = new Set(this.results.study.plan.cells.map(({ experiment }) => experiment));
    return this.results.experiments.filter(({ id, status }) => status !== 'not-tested' && !withCells.has(id));
  }

  figure(parts: ChartParts & { readonly title: string; readonly caption: string }): FigureBlock {
    this.#figures += 1;
    const id = `${this.#prefix}fig-${String(this.#figures).padStart(2, '0')}-${slug(parts.title)}`;
    return { kind: 'figure', id, number: this.#figures, ...parts };
  }

  #chart(chart: Chart): FigureBlock {
    const invalid =
      (chart.kind === 'lines' || chart.kind === 'bars') && chart.points.some(({ valid }) => valid === false);
    const caption = [
      chart.caption,
      ...(chart.kind === 'timeline' && chart.events.length > 0 ? [`Events: ${eventWords(chart)}.`] : []),
      ...(invalid ? ['A × is INVALID and decides nothing.'] : []),
    ].join(' ');
    return this.figure({ title: chart.title, caption, ...chartFigure(chart, this) });
  }

  /** Those that show anything. */
  charts(charts: readonly Chart[]): FigureBlock[] {
    return charts.filter(({ points }) => points.length > 0).map((chart) => this.#chart(chart));
  }
}
