import { createRandom, shuffle } from '../../random/index.js';

/** One trial's place in the sequence of a group. */
export interface PlannedTrial {
  readonly cell: string;
  readonly block: number;
  /** Place inside its pair of blocks' mirror, from 0. */
  readonly position: number;
}

/**
 * The order in which a group's trials run (method rule 8). Blocks come in mirrored pairs, A B then B A, so that drift that
 * is linear over four trials falls on both alike; which cell is A is drawn again for each pair. Every block holds each cell
 * once; cells that have fewer trials than others are left out of the last blocks.
 */
export function interleave(
  cells: readonly { readonly id: string; readonly trials: number }[],
  orderSeed: number,
): PlannedTrial[] {
  const random = createRandom(orderSeed);
  const blocks = Math.max(0, ...cells.map((cell) => cell.trials));
  const plan: PlannedTrial[] = [];
  let order: typeof cells = [];
  for (let block = 0; block < blocks; block++) {
    order = block % 2 === 0 ? shuffle(cells, random) : [...order].reverse();
    order
      .filter((cell) => block < cell.trials)
      .forEach((cell, position) => plan.push({ cell: cell.id, block, position }));
  }
  return plan;
}
