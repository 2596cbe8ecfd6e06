import type { Element } from '../../requests/index.js';

/** What stands at one place of an answer. JSON has words of its own for strings and truth values. */
export type AnswerElement = Element | string | boolean;

/** What an answer says, whichever protocol carried it. */
export interface Answer {
  /** The elements of each output in row-major order, by its name; '' for the only one, where REST does not name it. */
  readonly outputs: ReadonlyMap<string, ArrayLike<AnswerElement>>;
  /** Model version inside the message; 0: none. */
  readonly version: number;
}

/** @throws Error that says what is wrong with the message. */
export type ReadAnswer = (body: Buffer) => Answer;
