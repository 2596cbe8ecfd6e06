import { Cells } from './cells.js';
import { labelsText } from './labels-text.js';
import type { Metric } from './metric.js';

/** A number that is added to, or for gauges set. */
export interface NumberCell {
  value: number;
}

/** A counter or an integer gauge with labels. */
export class Counter implements Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly listed = true;
  readonly #labelNames: readonly string[];
  readonly #cells = new Cells<NumberCell>(() => ({ value: 0 }));

  constructor(name: string, labelNames: readonly string[] = [], type: 'counter' | 'gauge' = 'counter') {
    this.name = name;
    this.type = type;
    this.#labelNames = labelNames;
  }

  add(amount: number, ...labels: readonly string[]): void {
    this.#cells.cell(...labels).value += amount;
  }

  samples(pageName: string): string[] {
    return this.#cells
      .sorted()
      .map(
        ({ labels, cell }) => `${pageName}{${labelsText(this.#labelNames, labels)}} ${String(Math.round(cell.value))}`,
      );
  }

  first(): number {
    return this.#cells.sorted()[0]?.cell.value ?? 0;
  }
}
