import type { CellResult, Chart, Contestant, Results } from '../../record/index.js';
import { chartData } from '../charts/chart-data.js';
import { chartPicture } from '../charts/chart-picture.js';
import { describeChart } from '../charts/describe-chart.js';
import type { Picture } from '../charts/picture.js';
import { seriesStyles, type StyleOf } from '../charts/series-style.js';
import { eventWords } from '../charts/timeline.js';
import type { FigureBlock, TableBlock } from '../document/block.js';
import { slug } from '../format/slug.js';

/** What a figure is made of when it is not an experiment's chart. */
export interface FigureWish {
  readonly title: string;
  readonly caption: string;
  readonly alternative: string;
  readonly picture: Picture;
  readonly data: TableBlock;
}

/** The results with what every section asks of them. Numbers figures in the order in which they are made. */
export class ReportContext {
  readonly results: Results;
  readonly stylesFor: (names: readonly string[]) => StyleOf;
  readonly #contestants: ReadonlyMap<string, Contestant>;
  readonly #cells: ReadonlyMap<string, CellResult>;
  #figures = 0;

  constructor(results: Results) {
    this.results = results;
    this.stylesFor = seriesStyles(results.study.contestants);
    this.#contestants = new Map(results.study.contestants.map((contestant) => [contestant.id, contestant]));
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

  /** Whether what stands behind the TensorFlow Serving rows is the stand-in. */
  get hasStandin(): boolean {
    const { serving, contestants } = this.results.study;
    return (
      contestants.some(({ backend }) => backend === 'stand-in') ||
      (serving.kind === 'stand-in' && contestants.length > 0)
    );
  }

  /** Whether a cell's or series' figures are the stand-in's and so belong in a section of their own (method rule 20). */
  isStandin(contestant: string): boolean {
    return this.#contestants.get(contestant)?.backend === 'stand-in';
  }

  /** Whether a text names a contestant that runs on the stand-in. */
  namesStandin(text: string): boolean {
    return [...this.#contestants.values()].some(
      ({ backend, id, label }) => backend === 'stand-in' && (namesId(text, id) || text.includes(label)),
    );
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

  figure(wish: FigureWish): FigureBlock {
    this.#figures += 1;
    return {
      kind: 'figure',
      id: `fig-${String(this.#figures).padStart(2, '0')}-${slug(wish.title)}`,
      number: this.#figures,
      ...wish,
    };
  }

  chart(chart: Chart): FigureBlock {
    const invalid =
      (chart.kind === 'lines' || chart.kind === 'bars') && chart.points.some(({ valid }) => valid === false);
    const caption = [
      chart.caption,
      ...(chart.kind === 'timeline' && chart.events.length > 0 ? [`Events: ${eventWords(chart)}.`] : []),
      ...(invalid ? ['A × is INVALID and decides nothing.'] : []),
    ].join(' ');
    return this.figure({
      title: chart.title,
      caption,
      alternative: describeChart(chart),
      picture: chartPicture(chart, this.stylesFor),
      data: chartData(chart),
    });
  }
}

/** `direct-rest` is not named by `indirect-rest` or `direct-rest-2`. */
function namesId(text: string, id: string): boolean {
  const at = text.indexOf(id);
  if (at < 0 || id === '') return false;
  const around = `${text.charAt(at - 1)}${text.charAt(at + id.length)}`;
  return !/[\w-]/.test(around);
}
