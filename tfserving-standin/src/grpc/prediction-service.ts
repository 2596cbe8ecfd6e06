import type { ErrorCode } from '@serving-study/runtime';
import type { ModelManager, ModelSpec } from '../core.js';
import {
  acquire,
  classify,
  DEFAULT_SIGNATURE,
  multiInference,
  predict,
  regress,
  type ExampleOptions,
} from '../inference/index.js';
import {
  writeClassificationResponse,
  writeMultiInferenceResponse,
  writeRegressionResponse,
} from '../messages/inference-messages.js';
import { readMetadataRequest, writeMetadataResponse } from '../messages/model-messages.js';
import type { RequestedModel } from '../messages/model-spec.js';
import { ThreadedMessages } from '../messages/thread/threaded-messages.js';
import type { FinishedRequest } from '../metrics/index.js';
import { statusOf, StatusError } from '../status-error.js';
import type { Method, UnaryHandler } from './call.js';

export interface PredictionServiceOptions {
  readonly manager: ModelManager;
  readonly metrics: {
    requestFinished(request: FinishedRequest): void;
    examplesRead(model: string, examples: number): void;
  };
  /** --enable_serialization_as_tensor_content. */
  readonly asTensorContent: boolean;
  /** --enable_signature_method_name_check. */
  readonly checkMethodName: boolean;
}

type AnswerExamples = (model: string, request: ExampleOptions & { readonly spec: ModelSpec }) => Promise<Buffer>;

/** tensorflow.serving.PredictionService. */
export function predictionService(options: PredictionServiceOptions): Map<string, Method> {
  const { manager, metrics, asTensorContent, checkMethodName } = options;
  const messages = new ThreadedMessages();
  const unary = (handler: UnaryHandler): Method => ({ kind: 'unary', handler, takesThread: true, isLarge: true });
  const measured = measuring(metrics);
  const onExamples = (api: 'Classify' | 'Regress', answer: AnswerExamples): [string, Method] => [
    `/tensorflow.serving.PredictionService/${api}`,
    unary(async (bytes, call) => {
      const { model, examples } = await messages.readExamples(bytes);
      return measured(api, model, ({ name, choice, signatureName }) =>
        answer(name, { spec: { name, choice }, signatureName, examples, timeoutMs: call.timeoutMs(), checkMethodName }),
      );
    }),
  ];
  return new Map<string, Method>([
    [
      '/tensorflow.serving.PredictionService/Predict',
      unary(async (bytes, call) => {
        const read = messages.readPredict(bytes, (named) => inputNames(manager, named));
        // Not awaited without need: each await is a turn of the queue on the hot path.
        const { model, inputs, outputFilter } = read instanceof Promise ? await read : read;
        return measured('Predict', model, async ({ name, choice, signatureName }) => {
          const request = {
            spec: { name, choice },
            signatureName,
            inputs,
            outputFilter,
            timeoutMs: call.timeoutMs(),
            checkMethodName,
          };
          return messages.predictResponse({ name, ...(await predict(manager, request)) }, asTensorContent);
        });
      }),
    ],
    onExamples('Classify', async (name, request) =>
      writeClassificationResponse(name, await classify(manager, request)),
    ),
    onExamples('Regress', async (name, request) => writeRegressionResponse(name, await regress(manager, request))),
    [
      '/tensorflow.serving.PredictionService/MultiInference',
      unary(async (bytes, call) => {
        const { tasks, examples } = await messages.readMultiInference(bytes);
        const onRun = (modelName: string): void => {
          metrics.examplesRead(modelName, examples.length);
        };
        const result = await multiInference(manager, {
          tasks,
          examples,
          timeoutMs: call.timeoutMs(),
          checkMethodName,
          onRun,
        });
        return writeMultiInferenceResponse(result);
      }),
    ],
    [
      '/tensorflow.serving.PredictionService/GetModelMetadata',
      { ...unary((bytes) => Promise.resolve(modelMetadata(manager, bytes))), isLarge: false },
    ],
  ]);
}

/** Of the signature that a request is for; empty when there is none. */
function inputNames(manager: ModelManager, model: RequestedModel | undefined): ReadonlySet<string> {
  if (model === undefined) return new Set();
  try {
    const servable = acquire(manager, model);
    const { signatureName } = model;
    const signature = servable.signatures.get(signatureName === '' ? DEFAULT_SIGNATURE : signatureName);
    servable.release();
    return new Set(signature?.inputs.keys());
  } catch (error) {
    if (error instanceof StatusError) return new Set(); // Predict says so.
    throw error;
  }
}

/** Counts a call under the name it gave, and its time when it worked. */
function measuring(
  metrics: PredictionServiceOptions['metrics'],
): (
  api: string,
  model: RequestedModel | undefined,
  run: (model: RequestedModel) => Promise<Buffer>,
) => Promise<Buffer> {
  return async (api, model, run) => {
    const started = performance.now();
    let code: ErrorCode = 'OK';
    try {
      if (model === undefined) throw missingModelSpec();
      return await run(model);
    } catch (error) {
      code = statusOf(error).code;
      throw error;
    } finally {
      const micros = Math.round((performance.now() - started) * 1000);
      metrics.requestFinished({ model: model?.name ?? '', api, entrypoint: 'GRPC', code, micros });
    }
  };
}

function modelMetadata(manager: ModelManager, bytes: Buffer): Buffer {
  const { model, metadataFields } = readMetadataRequest(bytes);
  if (model === undefined) throw missingModelSpec();
  if (metadataFields.length === 0)
    throw new StatusError('INVALID_ARGUMENT', 'GetModelMetadataRequest must specify at least one metadata_field');
  const unknown = metadataFields.find((field) => field !== 'signature_def');
  if (unknown !== undefined) throw new StatusError('INVALID_ARGUMENT', `Metadata field ${unknown} is not supported`);
  const servable = acquire(manager, model);
  try {
    return writeMetadataResponse(model.name, servable.version, servable.signatureDefMap);
  } finally {
    servable.release();
  }
}

function missingModelSpec(): StatusError {
  return new StatusError('INVALID_ARGUMENT', 'Missing ModelSpec');
}
