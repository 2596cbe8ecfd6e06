import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BoundModel, TensorFlowError, type Signature, type TensorValue } from '@serving-study/runtime';
import {
  DEFAULT_SIGNATURE,
  HEADERS,
  MODEL_ROUTE,
  PREDICT_ROUTE,
  RequestBodies,
  RunningServer,
  ServiceError,
  ServiceMetrics,
  createServiceApp,
  formatServerTiming,
  httpStatusFromStatusName,
  parseJson,
  sendJson,
  type ServiceAppParts,
} from '@serving-study/serving-kit';
import type { ModelConfig } from './config.js';
import { metadataJson, statusJson } from './model-json.js';
import { base64Of, isObject, quoted, refuse, rowsFromTensor, tensorFromJson } from './tensor-json.js';

/** Inputs or outputs by the names that clients use. */
export type Tensors = ReadonlyMap<string, TensorValue>;

/** A model in memory, whichever way it runs. */
export interface Model {
  readonly version: string;
  readonly signatures: ReadonlyMap<string, Signature>;
  /** Throws TensorFlowError. `queueMs`: time spent waiting for a turn, where there are turns. */
  predict(signatureName: string, inputs: Tensors): Prediction | Promise<Prediction>;
}

export interface Prediction {
  readonly outputs: Tensors;
  readonly queueMs?: number;
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

/** Answers predict, status and metadata requests for one model; errors leave as `{"error": text}`. */
export function serve(model: Model, config: ModelConfig, logger: ServiceAppParts['logger']): Promise<RunningServer> {
  const metrics = new ServiceMetrics();
  const bodies = new RequestBodies(config);

  function addRoutes(app: Parameters<ServiceAppParts['addRoutes']>[0]): void {
    app.post(PREDICT_ROUTE, async function answerPredict(request, response) {
      metrics.track('predict', response);
      const bytes = await bodies.readInflated(request, response);
      const receivedAtMs = performance.now();
      const json = parseJson(bytes, config);
      requireModel(request.params);
      const wanted = predictRequest(json);
      const inputs = inputTensors(signatureOf(wanted.signatureName), wanted);
      const { version } = model;
      const parsedAtMs = performance.now();
      const { outputs, queueMs } = await predict(wanted.signatureName, inputs);
      const predictedAtMs = performance.now();
      const answer = wanted.byRow ? answerByRow(outputs) : answerWhole(outputs);
      const phases = {
        parse: parsedAtMs - receivedAtMs,
        ...(queueMs === undefined ? {} : { queue: queueMs }),
        inference: predictedAtMs - parsedAtMs - (queueMs ?? 0),
        serialise: performance.now() - predictedAtMs,
      };
      metrics.observePhases(phases);
      sendJson(response, 200, answer, {
        [HEADERS.modelVersion]: version,
        [HEADERS.serverTiming]: formatServerTiming(phases),
      });
    });

    app.get(MODEL_ROUTE, function answerAboutModel({ params }, response) {
      const { 0: name = '', 1: version, 2: metadata } = params as Record<string, string | undefined>;
      if (metadata !== undefined) requireModel(params);
      else if (name !== config.STUDY_MODEL_NAME)
        throw new ServiceError(404, `Could not find any versions of model ${name}`);
      else if ((version ?? model.version) !== model.version)
        throw new ServiceError(404, `Could not find version ${version ?? ''} of model ${name}`);
      sendJson(
        response,
        200,
        metadata === undefined ? statusJson(model.version) : metadataJson(name, model.version, model.signatures),
      );
    });
  }

  function requireModel(params: object): void {
    const { 0: name = '', 1: version } = params as Record<string, string | undefined>;
    if (name === config.STUDY_MODEL_NAME && (version ?? model.version) === model.version) return;
    const asked = version === undefined ? `Latest(${name})` : `Specific(${name}, ${version})`;
    throw new ServiceError(404, `Servable not found for request: ${asked}`);
  }

  function signatureOf(name: string): Signature {
    return model.signatures.get(name) ?? refuse(`Serving signature name: "${name}" not found in signature def`);
  }

  async function predict(signatureName: string, inputs: Tensors): Promise<Prediction> {
    try {
      return await model.predict(signatureName, inputs);
    } catch (error) {
      if (!(error instanceof TensorFlowError)) throw error;
      throw new ServiceError(httpStatusFromStatusName(error.code), error.message, error);
    }
  }

  const whyNotReady = (): Promise<undefined> => Promise.resolve(undefined); // it listens only once the model is loaded
  return RunningServer.listen(createServiceApp({ logger, metrics, whyNotReady, addRoutes }), config);
}

type PredictRequest = { readonly signatureName: string } & (
  { readonly byRow: true; readonly values: readonly unknown[] } | { readonly byRow: false; readonly values: unknown }
);

/** Row format: `instances`, a list with one entry for each row. Columnar format: `inputs`, whole tensors. */
function predictRequest(json: unknown): PredictRequest {
  if (!isObject(json)) return refuse(`JSON Value: ${quoted(json)} Is not object`);
  const { signature_name: name = '', instances, inputs } = json;
  if (typeof name !== 'string') return refuse(`'signature_name' key must be a string value, not ${quoted(name)}`);
  const signatureName = name === '' ? DEFAULT_SIGNATURE : name;
  if (inputs !== undefined && instances !== undefined)
    return refuse("Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist");
  if (inputs !== undefined) return { signatureName, byRow: false, values: inputs };
  if (instances === undefined) return refuse("Missing 'inputs' or 'instances' key");
  if (!Array.isArray(instances))
    return refuse(`JSON Value: ${quoted(instances)} Expecting 'instances' to be an list/array`);
  if (instances.length === 0) return refuse("No values in 'instances' array");
  return { signatureName, byRow: true, values: instances };
}

/** Types come from the signature, shapes from the lists alone: whether a shape suits the graph is TensorFlow's to say. */
function inputTensors({ inputs }: Signature, { byRow, values }: PredictRequest): Tensors {
  const aliases = [...inputs.keys()].sort();
  const first = byRow ? values[0] : values;
  let columnOf: (alias: string) => unknown = () => values;
  if (!isNamed(first)) {
    if (aliases.length !== 1) refuse(`a plain value or list is not enough, the inputs are: ${aliases.join()}`);
  } else if (byRow) {
    if (!values.every((row) => isNamed(row) && Object.keys(row).length === aliases.length && hasAll(row, aliases)))
      refuse(`the keys of each entry of 'instances' must be equal to: ${aliases.join()}`);
    columnOf = (alias) => values.map((row) => (row as typeof first)[alias]);
  } else {
    if (!hasAll(first, aliases)) refuse(`the keys of 'inputs' must have among them: ${aliases.join()}`);
    columnOf = (alias) => first[alias];
  }
  return new Map(aliases.map((alias) => [alias, tensorFromJson(alias, columnOf(alias), inputs.get(alias)?.dtype)]));
}

/** An object that names inputs, as opposed to `{"b64": "..."}`, which is one string. */
function isNamed(value: unknown): value is Record<string, unknown> {
  return isObject(value) && base64Of(value) === undefined;
}

function hasAll(value: object, keys: readonly string[]): boolean {
  return keys.every((key) => Object.hasOwn(value, key));
}

/** `{"outputs": ...}`: whole tensors; an only one is not named. */
function answerWhole(outputs: Tensors): string {
  const texts = [...outputs].map(([alias, tensor]) => {
    const rows = rowsFromTensor(alias, tensor).join();
    return [alias, tensor.shape.length === 0 ? rows : `[${rows}]`] as const;
  });
  return `{"outputs":${texts.length === 1 ? (texts[0]?.[1] ?? '') : objectText(texts)}}`;
}

/** `{"predictions": [...]}`: an entry for each row, in which several outputs are named. All must have the same number of rows. */
function answerByRow(outputs: Tensors): string {
  const [firstRows] = [...outputs.values()].map(({ shape }) => shape[0] ?? 0);
  for (const [alias, { shape }] of outputs) {
    if (shape.length === 0) refuse(`Tensor name: ${alias} has no shape information, ask for it with 'inputs'`);
    if (shape[0] !== firstRows)
      refuse(`Tensor name: ${alias} has inconsistent batch size: ${shape[0] ?? 0} expecting: ${firstRows ?? 0}`);
  }
  const columns = [...outputs].map(([alias, tensor]) => [alias, rowsFromTensor(alias, tensor)] as const);
  const [only = [], ...others] = columns.map(([, rows]) => rows);
  const rows =
    others.length === 0
      ? only
      : only.map((_, row) => objectText(columns.map(([alias, texts]) => [alias, texts[row] ?? ''])));
  return `{"predictions":[${rows.join()}]}`;
}

function objectText(members: readonly (readonly [name: string, text: string])[]): string {
  return `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`;
}
