/** The memory that the pacer and its thread share. */
export interface PacingCells {
  /** [STATE, INTERRUPTS] */
  readonly state: Int32Array;
  /** [0]: the instant to wake at, in nanoseconds of `createClock`. */
  readonly wakeAtNs: Float64Array;
}

export const STATE = 0;
/** Counts how often a sleep was cut short for an earlier instant. The thread sleeps on it, with a timeout. */
export const INTERRUPTS = 1;

export const IDLE = 0;
export const ARMED = 1;
export const CLOSED = 2;

export function pacingCells(memory: SharedArrayBuffer): PacingCells {
  return { state: new Int32Array(memory, 0, 2), wakeAtNs: new Float64Array(memory, 8, 1) };
}
