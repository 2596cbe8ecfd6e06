import { createPacer } from '../pacing/index.js';

interface Planned {
  readonly atNs: number;
  readonly work: () => void;
}

/** Does things in order at their instants, never early; a line for each direction of a link. */
export interface DelayLine {
  /** `atNs` is not before that of an earlier call on the same line. */
  plan(atNs: number, work: () => void): void;
}

export interface DelayLines {
  createLine(): DelayLine;
  close(): Promise<void>;
}

/** All lines share one pacing thread: it waits for the earliest head. */
export async function createDelayLines(clock: () => number): Promise<DelayLines> {
  const lines: Planned[][] = [];
  const pacer = await createPacer(work);

  function work(): void {
    for (const line of lines) {
      const nowNs = clock();
      const coming = line.findIndex(({ atNs }) => atNs > nowNs);
      for (const planned of line.splice(0, coming === -1 ? line.length : coming)) planned.work();
    }
    wakeForEarliest();
  }

  function wakeForEarliest(): void {
    const earliestNs = Math.min(...lines.map((line) => line[0]?.atNs ?? Number.POSITIVE_INFINITY));
    if (earliestNs !== Number.POSITIVE_INFINITY) pacer.wakeAt(earliestNs);
  }

  return {
    createLine() {
      const line: Planned[] = [];
      lines.push(line);
      return {
        plan(atNs, planned) {
          line.push({ atNs, work: planned });
          if (line.length === 1) wakeForEarliest();
        },
      };
    },
    close: () => pacer.close(),
  };
}
