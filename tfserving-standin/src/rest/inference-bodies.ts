import {
  classifyResponseBody,
  regressResponseBody,
  type RequestFormat,
  type ThreadedJson,
} from '@serving-study/tfserving-json';
import type { ModelManager, ModelSpec, Servable } from '../core.js';
import {
  classify,
  DEFAULT_SIGNATURE,
  predictOn,
  regress,
  taken,
  withContext,
  type ExampleOptions,
  type PredictResult,
} from '../inference/index.js';
import { StatusError } from '../status-error.js';
import type { Verb } from './route.js';

export interface InferenceOptions {
  readonly manager: ModelManager;
  /** Limit of the run itself; 0 = none. */
  readonly timeoutMs: number;
  readonly checkMethodName: boolean;
}

/** What is needed to answer one request. */
export interface InferenceContext extends InferenceOptions {
  readonly json: ThreadedJson;
  /** Runs the model, when it is the request's turn. */
  readonly run: <T>(task: () => Promise<T>) => Promise<T>;
}

/**
 * The bodies that answer predict, classify and regress requests. The checks of a request run in TensorFlow Serving's
 * order. Rejects with JsonRequestError, StatusError or TensorFlowError.
 */
export const INFERENCE_BODIES: Readonly<
  Record<Verb, (body: Buffer, spec: ModelSpec, context: InferenceContext) => Promise<Buffer>>
> = {
  predict: async (body, spec, context) => {
    const { format, outputs } = await predicted(body, spec, context);
    return context.json.predictResponse(format, outputs);
  },
  classify: async (body, spec, context) => {
    const options = await exampleOptions(body, context);
    const { classifications } = await context.run(() => classify(context.manager, { spec, ...options }));
    return classifyResponseBody(classifications);
  },
  regress: async (body, spec, context) => {
    const options = await exampleOptions(body, context);
    const { values } = await context.run(() => regress(context.manager, { spec, ...options }));
    return regressResponseBody(values);
  },
};

/** Body and inputs are not held any longer than this takes. */
async function predicted(
  body: Buffer,
  spec: ModelSpec,
  { manager, json, run, timeoutMs, checkMethodName }: InferenceContext,
): Promise<{ readonly format: RequestFormat; readonly outputs: PredictResult['outputs'] }> {
  const held: { servable?: Servable; signatureName: string } = { signatureName: DEFAULT_SIGNATURE };
  try {
    const read = json.readPredict(body, (named) => {
      const servable = (held.servable = manager.acquire(spec));
      if (named !== '') held.signatureName = named;
      const signature = servable.signatures.get(held.signatureName);
      if (signature === undefined)
        throw new StatusError(
          'INVALID_ARGUMENT',
          `Serving signature name: "${held.signatureName}" not found in signature def`,
        );
      return signature.inputs;
    });
    // Not awaited without need: each await is a turn of the queue on the hot path.
    const { format, tensors } = read instanceof Promise ? await read : read;
    const { servable, signatureName } = held;
    if (servable === undefined) throw new Error('the request was read without its model');
    const inputs = new Map([...tensors.keys()].map((alias) => [alias, () => taken(tensors, alias)]));
    const { outputs } = await run(() => predictOn(servable, { signatureName, inputs, timeoutMs, checkMethodName }));
    return { format, outputs };
  } finally {
    held.servable?.release();
  }
}

async function exampleOptions(
  body: Buffer,
  { json, timeoutMs, checkMethodName }: InferenceContext,
): Promise<ExampleOptions> {
  const { signatureName, examples, context } = await json.readExamples(body);
  return {
    signatureName,
    examples: context === undefined ? examples : withContext(examples, context),
    timeoutMs,
    checkMethodName,
  };
}
