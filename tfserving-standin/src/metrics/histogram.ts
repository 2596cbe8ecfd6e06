import { Cells } from './cells.js';
import { labelsText } from './labels-text.js';
import type { Metric } from './metric.js';
import { sixDigits } from './six-digits.js';

/** Bounds `scale`, `scale * growth`, …: how TensorFlow spaces the buckets of its histograms. */
export interface Buckets {
  readonly scale: number;
  readonly growth: number;
  readonly count: number;
}

interface HistogramCell {
  /** One more than there are bounds; the last one holds what is beyond them. */
  readonly counts: Float64Array;
  sum: number;
}

/** A histogram with labels. Unlike Prometheus' own, a value equal to a bound counts in the next bucket, as in TensorFlow. */
export class Histogram implements Metric {
  readonly name: string;
  readonly type = 'histogram';
  readonly #labelNames: readonly string[];
  readonly #listedWithoutSamples: boolean;
  readonly #bounds: Float64Array;
  readonly #boundTexts: readonly string[];
  readonly #cells: Cells<HistogramCell>;
  #used = false;

  constructor(
    name: string,
    labelNames: readonly string[],
    { scale, growth, count }: Buckets,
    listedWithoutSamples = true,
  ) {
    this.name = name;
    this.#labelNames = labelNames;
    this.#listedWithoutSamples = listedWithoutSamples;
    const bounds: number[] = [];
    for (let bound = scale; bounds.length < count; bound *= growth) bounds.push(bound);
    this.#bounds = Float64Array.from(bounds);
    this.#boundTexts = [...bounds.map(sixDigits), '+Inf'];
    this.#cells = new Cells(() => ({ counts: new Float64Array(count + 1), sum: 0 }));
  }

  get listed(): boolean {
    return this.#listedWithoutSamples || this.#used;
  }

  add(value: number, ...labels: readonly string[]): void {
    const cell = this.#cells.cell(...labels);
    const bucket = this.#bucket(value);
    cell.counts[bucket] = (cell.counts[bucket] ?? 0) + 1;
    cell.sum += value;
    this.#used = true;
  }

  samples(pageName: string): string[] {
    return this.#cells.sorted().flatMap(({ labels, cell }) => {
      const text = labelsText(this.#labelNames, labels);
      const prefix = text === '' ? '' : `${text},`;
      let seen = 0;
      const buckets = this.#boundTexts.map((bound, at) => {
        seen += cell.counts[at] ?? 0;
        return `${pageName}_bucket{${prefix}le="${bound}"} ${seen}`;
      });
      return [...buckets, `${pageName}_sum{${text}} ${sixDigits(cell.sum)}`, `${pageName}_count{${text}} ${seen}`];
    });
  }

  first(): number {
    return 0;
  }

  /** Index of the first bound above `value`. */
  #bucket(value: number): number {
    let low = 0;
    let high = this.#bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value < (this.#bounds[middle] ?? Infinity)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
