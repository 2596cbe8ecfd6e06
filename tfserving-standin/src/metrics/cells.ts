/**
 * The values of one metric, one cell per combination of label values. Looking a cell up costs one string and one map
 * access: it happens several times per request.
 */
export class Cells<Cell> {
  readonly #cells = new Map<string, { readonly labels: readonly string[]; readonly cell: Cell }>();
  readonly #create: () => Cell;

  constructor(create: () => Cell) {
    this.#create = create;
  }

  cell(...labels: readonly string[]): Cell {
    const key = labels.length === 1 ? (labels[0] ?? '') : labels.join('\u0000');
    let entry = this.#cells.get(key);
    if (entry === undefined) {
      entry = { labels, cell: this.#create() };
      this.#cells.set(key, entry);
    }
    return entry.cell;
  }

  /** In the order of the page: by label values, bytewise. */
  sorted(): { readonly labels: readonly string[]; readonly cell: Cell }[] {
    return [...this.#cells.values()].sort((a, b) => compareLabels(a.labels, b.labels));
  }
}

function compareLabels(a: readonly string[], b: readonly string[]): number {
  for (const [at, label] of a.entries()) {
    const order = Buffer.compare(Buffer.from(label), Buffer.from(b[at] ?? ''));
    if (order !== 0) return order;
  }
  return 0;
}
