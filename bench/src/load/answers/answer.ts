import { elementsOf, type Element, type Tensors } from '../../requests/index.js';

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

/** What whoever answers with tensors says. */
export function answerOf(outputs: Tensors): Answer {
  return { outputs: new Map([...outputs].map(([name, tensor]) => [name, elementsOf(tensor)])), version: 0 };
}
