import type { Random } from '../../random/index.js';

/** What a link does to bytes in one direction. */
export interface LinkOptions {
  readonly delayMs: number;
  /** Adds 0 to this, uniformly, to each piece. */
  readonly jitterMs: number;
  /** Absent: unlimited. */
  readonly bandwidthMbitS?: number;
}

export type Link = ReturnType<typeof createLink>;

/**
 * One direction of a link as arithmetic: pieces are put on the wire one after another at the bandwidth, which all
 * connections share, then travel for the delay. First in, first out: what queues behind a late piece is late as well.
 */
export function createLink(options: LinkOptions, random: Random) {
  const { delayMs, jitterMs, bandwidthMbitS } = options;
  let wireFreeAtNs = 0;
  let lastArrivalNs = 0;
  return {
    /** When the last of `bytes` that enter at `nowNs` comes out at the other end. Never before that of an earlier call. */
    arrivesAtNs(nowNs: number, bytes: number): number {
      const wireNs = bandwidthMbitS === undefined ? 0 : (bytes * 8 * 1e3) / bandwidthMbitS;
      wireFreeAtNs = Math.max(wireFreeAtNs, nowNs) + wireNs;
      const travelNs = delayMs * 1e6 + (jitterMs === 0 ? 0 : random.unit() * jitterMs * 1e6);
      lastArrivalNs = Math.max(lastArrivalNs, wireFreeAtNs + travelNs);
      return lastArrivalNs;
    },
  };
}
