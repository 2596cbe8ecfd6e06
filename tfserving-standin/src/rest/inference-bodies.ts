import {
  classifyResponseBody,
  parseExamplesRequest,
  parsePredictRequest,
  predictResponseBody,
  regressResponseBody,
} from '@serving-study/serving-kit/tfserving-json';
import type { ModelManager, ModelSpec } from '../core.js';
import {
  classify,
  DEFAULT_SIGNATURE,
  predictOn,
  regress,
  withContext,
  type ExampleOptions,
} from '../inference/index.js';
import { StatusError } from '../status-error.js';
import type { Verb } from './route.js';

export interface InferenceOptions {
  readonly manager: ModelManager;
  /** Limit of the run itself; 0 = none. */
  readonly timeoutMs: number;
  readonly checkMethodName: boolean;
}

/**
 * The bodies that answer predict, classify and regress requests. The checks of a request run in TensorFlow Serving's
 * order. Rejects with JsonRequestError, StatusError or TensorFlowError.
 */
export const INFERENCE_BODIES: Readonly<
  Record<Verb, (body: Buffer, spec: ModelSpec, options: InferenceOptions) => Promise<Buffer>>
> = {
  predict: async (body, spec, { manager, timeoutMs, checkMethodName }) => {
    const request = parsePredictRequest(body);
    const servable = manager.acquire(spec);
    try {
      const signatureName = request.signatureName === '' ? DEFAULT_SIGNATURE : request.signatureName;
      const signature = servable.signatures.get(signatureName);
      if (signature === undefined)
        throw new StatusError(
          'INVALID_ARGUMENT',
          `Serving signature name: "${signatureName}" not found in signature def`,
        );
      const { format, tensors } = request.tensorsFor(signature.inputs);
      const inputs = new Map([...tensors].map(([alias, tensor]) => [alias, () => tensor]));
      const { outputs } = await predictOn(servable, { signatureName, inputs, timeoutMs, checkMethodName });
      return predictResponseBody(format, outputs);
    } finally {
      servable.release();
    }
  },
  classify: async (body, spec, options) => {
    const { classifications } = await classify(options.manager, { spec, ...exampleOptions(body, options) });
    return classifyResponseBody(classifications);
  },
  regress: async (body, spec, options) => {
    const { values } = await regress(options.manager, { spec, ...exampleOptions(body, options) });
    return regressResponseBody(values);
  },
};

function exampleOptions(body: Buffer, { timeoutMs, checkMethodName }: InferenceOptions): ExampleOptions {
  const { signatureName, examples, context } = parseExamplesRequest(body);
  return {
    signatureName,
    examples: context === undefined ? examples : withContext(examples, context),
    timeoutMs,
    checkMethodName,
  };
}
