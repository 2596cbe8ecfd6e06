import {
  goldenSet,
  requestBytes,
  type GoldenOutput,
  type GoldenSet,
  type PreparedRequest,
  type Tensors,
  type Tolerance,
} from '../requests/index.js';
import type { OwnRequest } from './fit-requests.js';

/** A request and what TensorFlow itself answers to it. */
export interface AnsweredRequest extends OwnRequest {
  readonly outputs: readonly GoldenOutput[];
}

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

export interface OwnSet {
  readonly model: string;
  readonly version: number;
  readonly signature: string;
  /** By the number of instances: 1 are the requests as they are. */
  readonly byBatch: ReadonlyMap<number, readonly AnsweredRequest[]>;
}

/** The requests of a user's model as every contestant gets them. */
export function ownGolden({ model, version, signature, byBatch }: OwnSet): GoldenSet {
  const facts = { model, version, signature, count: byBatch.get(1)?.length ?? 0 };
  return goldenSet(facts, ({ batch, payload }) => {
    const requests = byBatch.get(batch);
    if (requests === undefined) throw new Error(`${model} was not asked for ${batch} instances at once`);
    if (payload === 'base64') throw new Error(`${model}: its inputs are not sent as base64`);
    return requests.map((request) => {
      const { inputs, format = formatFor(request) } = request;
      const recorded = payload === 'json' ? request.body : undefined;
      return {
        ...request,
        format,
        body: recorded ?? requestBytes({ model, version, signature }, payload, inputs, format),
      };
    });
  });
}

/** By rows, where every input and output has one for each instance; else only whole tensors are answered over REST. */
export function formatFor({ inputs, outputs }: Pick<AnsweredRequest, 'inputs' | 'outputs'>): PreparedRequest['format'] {
  const rows = rowsOf(inputs);
  return rows !== undefined && outputs.every(({ tensor }) => tensor.shape[0] === rows) ? 'row' : 'columnar';
}

/** How many instances all inputs hold; undefined where they have no first dimension in common. */
export function rowsOf(inputs: Tensors): number | undefined {
  const rows = new Set([...inputs.values()].map(({ shape }) => shape[0]));
  const [only] = rows;
  return rows.size === 1 ? only : undefined;
}
