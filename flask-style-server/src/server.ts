import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { answerByRow, answerWhole, inputTensors, parseJson, predictRequest } from '@serving-study/predict-json';
import {
  BoundModel,
  TensorFlowError,
  requireSignature,
  type Signature,
  type TensorValue,
} from '@serving-study/runtime';
import {
  HEADERS,
  METADATA_ROUTE,
  PREDICT_ROUTE,
  RequestBodies,
  RunningServer,
  STATUS_ROUTE,
  ServiceError,
  ServiceMetrics,
  createServiceApp,
  errorAnswerer,
  formatServerTiming,
  httpStatusFromStatusName,
  sendJson,
  type Logger,
  type ServerTiming,
} from '@serving-study/serving-kit';
import type { ErrorRequestHandler, Express } from 'express';
import type { ModelConfig } from './config.js';
import { metadataJson, statusJson } from './model-json.js';

/** Inputs or outputs by the names that clients use. */
export type Tensors = ReadonlyMap<string, TensorValue>;

/** A model in memory, whichever way it runs. */
export interface Model {
  readonly version: string;
  readonly signatures: ReadonlyMap<string, Signature>;
  /** Throws TensorFlowError. */
  predict(signatureName: string, inputs: Tensors): Prediction | Promise<Prediction>;
}

export interface Prediction {
  readonly outputs: Tensors;
  /** `queue` and `inference`, when a prediction waits for its turn. Default: all the time was inference. */
  readonly timing?: ServerTiming;
}

/** The version to load: default the newest in the model's folder. */
export async function findVersion(basePath: string, pinned?: string): Promise<{ version: string; directory: string }> {
  const versions = (await readdir(basePath)).filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a));
  const version = pinned ?? versions[0];
  if (version === undefined || !versions.includes(version))
    throw new Error(`${basePath} has no version ${version ?? 'folder'}; it has: ${versions.join(', ') || 'none'}`);
  return { version, directory: join(basePath, version) };
}

/** Loads the model into this process. Prediction blocks the JavaScript thread, as it blocks a Flask worker. */
export async function loadModel(config: ModelConfig): Promise<Model & Disposable> {
  const { version, directory } = await findVersion(config.STUDY_MODEL_BASE_PATH, config.STUDY_MODEL_VERSION);
  const model = await BoundModel.load(directory, {
    intraOpThreads: config.STUDY_INTRA_OP_THREADS,
    interOpThreads: config.STUDY_INTER_OP_THREADS,
  });
  return {
    version,
    signatures: model.signatures,
    predict: (signatureName, inputs) => ({ outputs: model.run(signatureName, inputs) }),
    [Symbol.dispose]: () => {
      model[Symbol.dispose]();
    },
  };
}

/** What the routes find in a URL. */
interface ModelParams {
  readonly name: string;
  readonly version?: string;
}

/** Answers predict, status and metadata requests for one model; errors leave as `{"error": text}`. */
export function serve(model: Model, config: ModelConfig, logger: Logger): Promise<RunningServer> {
  const metrics = new ServiceMetrics();
  const bodies = new RequestBodies(config);

  function addRoutes(app: Express): void {
    app.post<ModelParams>(PREDICT_ROUTE, async function answerPredict(request, response) {
      metrics.track('predict', response);
      const bytes = await bodies.readInflated(request, response);
      const receivedAtMs = performance.now();
      const json = parseJson(bytes, config); // first, as in TensorFlow Serving: what is no JSON is 400 for any model
      requireModel(request.params);
      const wanted = predictRequest(json);
      const inputs = inputTensors(requireSignature(model.signatures, wanted.signatureName).inputs, wanted);
      const { version } = model; // `scaled/reload` may put another in its place during the prediction
      const parsedAtMs = performance.now();
      const { outputs, timing } = await model.predict(wanted.signatureName, inputs);
      const predictedAtMs = performance.now();
      const answer = wanted.byRow ? answerByRow(outputs) : answerWhole(outputs);
      const phases = {
        parse: parsedAtMs - receivedAtMs,
        inference: predictedAtMs - parsedAtMs,
        serialise: performance.now() - predictedAtMs,
        ...timing,
      };
      metrics.observePhases(phases);
      sendJson(response, 200, answer, {
        [HEADERS.modelVersion]: version,
        [HEADERS.serverTiming]: formatServerTiming(phases),
      });
    });

    app.get<ModelParams>(STATUS_ROUTE, function answerStatus({ params }, response) {
      const { name, version = model.version } = params;
      if (name !== config.STUDY_MODEL_NAME) throw new ServiceError(404, `Could not find any versions of model ${name}`);
      if (version !== model.version) throw new ServiceError(404, `Could not find version ${version} of model ${name}`);
      sendJson(response, 200, statusJson(version));
    });

    app.get<ModelParams>(METADATA_ROUTE, function answerMetadata({ params }, response) {
      requireModel(params);
      sendJson(response, 200, metadataJson(config.STUDY_MODEL_NAME, model.version, model.signatures));
    });

    // createServiceApp's own error handler comes after this one
    const explainTensorFlow: ErrorRequestHandler = (error, _request, _response, next) => {
      const isTensorFlow = error instanceof TensorFlowError;
      next(isTensorFlow ? new ServiceError(httpStatusFromStatusName(error.code), error.message, error) : error);
    };
    app.use(explainTensorFlow);
  }

  function requireModel({ name, version }: ModelParams): void {
    if (name === config.STUDY_MODEL_NAME && (version ?? model.version) === model.version) return;
    const asked = version === undefined ? `Latest(${name})` : `Specific(${name}, ${version})`;
    throw new ServiceError(404, `Servable not found for request: ${asked}`);
  }

  // /readyz may say yes at once: nothing listens before the model is loaded
  return RunningServer.listen(createServiceApp({ answerError: errorAnswerer(logger), metrics, addRoutes }), config);
}
