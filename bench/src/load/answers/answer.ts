/** What an answer says, whichever protocol carried it. */
export interface Answer {
  /** All numbers in row-major order; several outputs in the order of their names. */
  readonly values: Float64Array;
  /** Model version inside the message; 0: none. */
  readonly version: number;
}

/** @throws Error that says what is wrong with the message. */
export type ReadAnswer = (body: Buffer) => Answer;
