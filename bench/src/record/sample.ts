/** How a request ended (method rule 4): each of these is a sample, none is dropped. */
export const OUTCOMES = ['ok', 'wrong-answer', 'http-error', 'grpc-error', 'timeout', 'refused', 'never-sent'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One request. Instants are nanoseconds since the start of the measured window; NaN where the request never got there. */
export interface Sample {
  /** When the schedule wanted it sent (closed loop: when the worker was free to send it). */
  readonly intendedAtNs: number;
  /** When it was sent: handed to the kernel, or the opening of its connection begun where none was open. */
  readonly sentAtNs: number;
  readonly firstByteAtNs: number;
  readonly doneAtNs: number;
  readonly outcome: Outcome;
  /** HTTP status or gRPC code; errno of a connection that was refused or reset (`refused`); 0 when there was none. */
  readonly code: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Which of the cell's inputs was sent. */
  readonly input: number;
  /** Model version the answer claimed (X-Model-Version, model_spec), else the one whose prediction it was; 0: not known. */
  readonly version: number;
  /** Server-Timing of the answer in microseconds, NaN where absent: parse, queue, inference, serialise, upstream. */
  readonly serverTimingUs: readonly [number, number, number, number, number];
}
