import {
  goldenSet,
  type AnsweredRequest,
  type GoldenOutput,
  type GoldenSet,
  type Tensors,
  type Tolerance,
} from '../requests/index.js';
import type { OwnRequest } from './fit-requests.js';

/** A request and what TensorFlow itself answers to it. */
export type OwnAnswer = OwnRequest & AnsweredRequest;

/** What a type can tell apart: a float32's is the study's own. */
const TOLERANCES: Readonly<Record<string, Tolerance>> = {
  double: { absolute: 1e-9, relative: 1e-9 },
  complex128: { absolute: 1e-9, relative: 1e-9 },
  half: { absolute: 1e-3, relative: 2e-3 },
  bfloat16: { absolute: 1e-2, relative: 2e-2 },
};

/** What the outputs of a model can be held to. */
export interface Steadiness {
  /** Outputs that differ from call to call. */
  readonly varying: ReadonlySet<string>;
  /** Whether doubles are made of narrower numbers. */
  readonly widens: boolean;
}

export function goldenOutputs(outputs: Tensors, { varying, widens }: Steadiness): GoldenOutput[] {
  return [...outputs].map(([name, tensor]) => {
    const tolerance = widens && tensor.dtype === 'double' ? undefined : TOLERANCES[tensor.dtype];
    return {
      name,
      tensor,
      ...(tolerance === undefined ? {} : { tolerance }),
      ...(varying.has(name) ? { varies: true as const } : {}),
    };
  });
}

/** The requests of a user's model as every contestant gets them. `byBatch`: by the number of instances; 1 are those as they are. */
export function ownGolden(
  facts: Pick<GoldenSet, 'model' | 'version' | 'signature'>,
  byBatch: ReadonlyMap<number, readonly OwnAnswer[]>,
): GoldenSet {
  return goldenSet({ ...facts, count: byBatch.get(1)?.length ?? 0 }, (batch) => {
    const requests = byBatch.get(batch);
    if (requests === undefined) throw new Error(`${facts.model} was not asked for ${batch} instances at once`);
    return requests;
  });
}
