import {
  HEADERS,
  MODEL_ROUTE,
  PREDICT_ROUTE,
  ServiceMetrics,
  createServiceApp,
  formatServerTiming,
  inflateBody,
  readBody,
  sendJson,
  serviceError,
  type ServiceAppParts,
} from '@serving-study/serving-kit';
import type { Express, Request } from 'express';
import { jsonFromTensors } from './json-from-tensors.js';
import { metadataJson, statusJson } from './model-json.js';
import type { Model } from './model.js';
import { bodyFromBytes, predictRequestFromBody } from './predict-request.js';
import { tensorsFromJson } from './tensors-from-json.js';

export interface AppParts extends Pick<ServiceAppParts, 'logger'> {
  readonly modelName: string;
  /** Asked at every request, so that a variant can exchange the model while it serves. */
  readonly currentModel: () => Model;
  readonly bodyLimitBytes: number;
}

/** The HTTP side of the service: predict, status, metadata. */
export function createApp({ modelName, currentModel, bodyLimitBytes, logger }: AppParts): Express {
  const metrics = new ServiceMetrics();
  const whyNotReady = (): Promise<undefined> => Promise.resolve(undefined); // it listens only once the model is loaded

  function addRoutes(app: Express): void {
    app.post(PREDICT_ROUTE, async function answerPredict(request, response) {
      metrics.track('predict', response);
      const bytes = await inflateBody(await readBody(request, bodyLimitBytes), request.headers);
      const receivedAtMs = performance.now();
      const body = bodyFromBytes(bytes);
      const model = modelOf(request);
      const wanted = predictRequestFromBody(body);
      const signature = model.signatures.get(wanted.signatureName);
      if (signature === undefined) throw serviceError('signature-not-found', wanted.signatureName);
      const inputs = tensorsFromJson(wanted, signature);
      const parsedAtMs = performance.now();
      const { outputs, timing } = await model.predict(wanted.signatureName, inputs);
      const predictedAtMs = performance.now();
      const answer = jsonFromTensors(wanted.format, outputs, signature);
      const phases = { parse: parsedAtMs - receivedAtMs, ...timing, serialise: performance.now() - predictedAtMs };
      metrics.observePhases(phases);
      sendJson(response, 200, answer, {
        [HEADERS.modelVersion]: model.version,
        [HEADERS.serverTiming]: formatServerTiming(phases),
      });
    });

    app.get(MODEL_ROUTE, function answerAboutModel(request, response) {
      const { 0: name = '', 1: version, 2: metadata } = request.params as Record<string, string | undefined>;
      if (metadata !== undefined) {
        sendJson(response, 200, metadataJson(modelName, modelOf(request)));
        return;
      }
      const model = currentModel();
      if (name !== modelName) throw serviceError('no-status-of-model', name);
      if (version !== undefined && version !== model.version) throw serviceError('no-status-of-version', name, version);
      sendJson(response, 200, statusJson(model));
    });
  }

  function modelOf(request: Request): Model {
    const { 0: name = '', 1: version } = request.params as Record<string, string | undefined>;
    const model = currentModel();
    if (version !== undefined && (name !== modelName || version !== model.version))
      throw serviceError('version-not-found', name, version);
    if (name !== modelName) throw serviceError('model-not-found', name);
    return model;
  }

  return createServiceApp({ logger, metrics, whyNotReady, addRoutes });
}
