import type { Condition } from '../record/index.js';
import type { Tensor, Tensors } from './tensor.js';

/** |got - wanted| <= absolute + relative |wanted|. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** One output of a right answer. */
export interface GoldenOutput {
  /** The alias clients see. */
  readonly name: string;
  readonly tensor: Tensor;
  /** Of floating numbers; default: the trial's. Integers and strings are the same or wrong. */
  readonly tolerance?: Tolerance;
  /** The model gives other values at each call: only how many there are is checked. */
  readonly varies?: true;
}

/** The bytes of one request, made before the run, and the prediction its answer must hold. */
export interface PreparedRequest {
  readonly body: Buffer;
  /** The same as tensors, for whoever takes no bytes. */
  readonly inputs: Tensors;
  readonly outputs: readonly GoldenOutput[];
  /** How its answer is laid out over REST: `predictions` by row, or whole `outputs`. */
  readonly format: 'row' | 'columnar';
}

/** What is needed to ask one version of a model something and to know the answer. */
export interface GoldenSet {
  readonly model: string;
  readonly version: number;
  readonly signature: string;
  /** Different requests for each condition; enough that no answer can be served from anywhere but the model. */
  readonly count: number;
  /**
   * Every contestant of a protocol gets these same bytes (method rule 2). The same array again while it is kept: who sends it
   * may know it by identity. Throws where the condition cannot be had.
   */
  prepare(condition: Pick<Condition, 'batch' | 'payload'>): readonly PreparedRequest[];
}

/** Different inputs in one cell at most. */
export const MOST_REQUESTS = 32;
