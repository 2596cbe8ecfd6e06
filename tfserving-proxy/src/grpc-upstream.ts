import type { Long } from '@grpc/proto-loader';
import {
  answerByRow,
  answerWhole,
  inputTensors,
  parseJson,
  predictRequest,
  type PredictRequest,
} from '@serving-study/predict-json';
import {
  METADATA_ROUTE,
  PREDICT_ROUTE,
  STATUS_ROUTE,
  ServiceError,
  malformedRequest,
} from '@serving-study/serving-kit';
import type { CancelSignal } from './cancel-signal.js';
import type { ProxyConfig } from './config.js';
import { GrpcClient, jsonFromMessage, messageFromBytes } from './grpc-client.js';
import { ModelCatalogue, SIGNATURE_DEF_MAP, type ModelSpec, type ServedModel } from './model-catalogue.js';
import { protoFromTensor, tensorFromProto, type TensorProto } from './tensor-proto.js';
import type { ApiAnswer, ApiRequest, Upstream } from './upstream.js';

const LARGEST_INT64 = 2n ** 63n - 1n;

interface PredictResponse {
  readonly outputs: Readonly<Record<string, TensorProto>>;
  readonly model_spec: { readonly version: { readonly value: Long } | null } | null;
}

/** TensorFlow Serving by gRPC: JSON is translated here. Predict, status and metadata of models and their numbered versions. */
export class GrpcUpstream implements Upstream {
  readonly readsBodies = true;
  readonly #config: ProxyConfig;
  readonly #client: GrpcClient;
  readonly #catalogue: ModelCatalogue;

  constructor(config: ProxyConfig) {
    this.#config = config;
    this.#client = new GrpcClient(config);
    this.#catalogue = new ModelCatalogue(this.#client);
  }

  async answer({ method, target, body }: ApiRequest, signal: CancelSignal): Promise<ApiAnswer> {
    const toPredict = method === 'POST' && modelIn(PREDICT_ROUTE, target);
    if (toPredict) return await this.#predict(toPredict, body, signal);
    const ofStatus = method === 'GET' && modelIn(STATUS_ROUTE, target);
    if (ofStatus) return await this.#status(ofStatus, signal);
    const ofMetadata = method === 'GET' && modelIn(METADATA_ROUTE, target);
    if (ofMetadata) return await this.#metadata(ofMetadata, signal);
    throw malformedRequest(method, target);
  }

  ping(signal: CancelSignal): Promise<void> {
    return this.#client.ping(signal);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #predict(model: ModelSpec, body: Buffer, signal: CancelSignal): Promise<ApiAnswer> {
    const call = { model, signal, startedAtMs: performance.now() };
    const json = parseJson(body, this.#config);
    // before the keys are looked at: an unknown model is 404 whatever is asked of it
    const served = this.#catalogue.remembered(model) ?? (await this.#catalogue.fresh(model, signal));
    const request = predictRequest(json);
    try {
      return await this.#predictWith(served, request, call);
    } catch (error) {
      // a new version may have other inputs than those that are remembered
      const mayBeOutdated = error instanceof ServiceError && [400, 404].includes(error.httpStatus);
      if (!mayBeOutdated || model.version !== undefined) throw error;
      const fresh = await this.#catalogue.fresh(model, signal);
      if (fresh.version === served.version) throw error;
      return await this.#predictWith(fresh, request, call);
    }
  }

  async #predictWith(
    served: ServedModel,
    request: PredictRequest,
    { model, signal, startedAtMs }: { model: ModelSpec; signal: CancelSignal; startedAtMs: number },
  ): Promise<ApiAnswer> {
    const { signatureName, byRow } = request;
    const inputTypes = served.inputTypes.get(signatureName);
    if (inputTypes === undefined)
      throw new ServiceError(400, `Serving signature name: "${signatureName}" not found in signature def`);
    const inputs = [...inputTensors(inputTypes, request)].map(([alias, tensor]) => [alias, protoFromTensor(tensor)]);
    const message = {
      model_spec: { ...model, signature_name: signatureName },
      inputs: Object.fromEntries(inputs) as object,
    };
    const parsedAtMs = performance.now();
    const { value, timing } = await this.#client.call<PredictResponse>('Predict', message, signal);
    const answeredAtMs = performance.now();
    const version = value.model_spec?.version?.value.toString();
    if (version !== served.version) this.#catalogue.forget(model);
    const outputs = new Map(Object.entries(value.outputs).map(([alias, proto]) => [alias, tensorFromProto(proto)]));
    const answer = byRow ? answerByRow(outputs) : answerWhole(outputs);
    const phases = {
      parse: parsedAtMs - startedAtMs, // with the time to learn the signature, when it was not known
      serialise: performance.now() - answeredAtMs,
    };
    return { httpStatus: 200, body: answer, timing: { ...phases, ...timing }, modelVersion: version };
  }

  async #status(model: ModelSpec, signal: CancelSignal): Promise<ApiAnswer> {
    const { value, timing } = await this.#client.call<object>('GetModelStatus', { model_spec: model }, signal);
    return { httpStatus: 200, body: jsonFromMessage(value), timing };
  }

  async #metadata(model: ModelSpec, signal: CancelSignal): Promise<ApiAnswer> {
    const { value, timing } = await this.#catalogue.ask(model, signal);
    const answer = {
      model_spec: { name: model.name, signature_name: '', version: value.version },
      metadata: { signature_def: messageFromBytes(SIGNATURE_DEF_MAP, value.signatureDefMap) },
    };
    return { httpStatus: 200, body: jsonFromMessage(answer), timing, modelVersion: value.version };
  }
}

/** The model that a URL names. */
function modelIn(route: RegExp, target: string): ModelSpec | undefined {
  const { name, version } = route.exec(target)?.groups ?? {};
  if (name === undefined) return undefined;
  // of a larger one proto-loader would take the lowest 64 bits, which may be another version
  if (version !== undefined && BigInt(version) > LARGEST_INT64) return undefined;
  return { name: decodeURIComponent(name), ...(version === undefined ? {} : { version: { value: version } }) };
}
