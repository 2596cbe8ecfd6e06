import { deriveSeed } from '../../random/index.js';
import type { Seeds, TrialRecord } from '../../record/index.js';

/**
 * The seeds of one block of one group: fresh for each block, the same for all trials inside it (method rule 8). `group` is
 * hashed in, so that two groups of one study do not see the same arrivals.
 */
export function pairSeeds(seeds: Seeds, group: string, block: number): TrialRecord['seeds'] {
  return {
    arrivals: deriveSeed(groupSeed(seeds.arrivals, group), block),
    inputs: deriveSeed(groupSeed(seeds.inputs, group), block),
  };
}

/** A seed of one group's own. */
export function groupSeed(seed: number, group: string): number {
  return deriveSeed(seed, hash(group));
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
