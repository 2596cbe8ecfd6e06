import type { Long } from '@grpc/proto-loader';
import {
  answerByRow,
  answerWhole,
  inputTensors,
  parseJson,
  predictRequest,
  type PredictRequest,
} from '@serving-study/predict-json';
import { MODEL_ROUTE, PREDICT_ROUTE, ServiceError, serviceError } from '@serving-study/serving-kit';
import type { ProxyConfig } from './config.js';
import { GrpcClient, jsonFromMessage, messageFromBytes } from './grpc-client.js';
import { ModelCatalogue, modelSpecOf, type ModelChoice, type ServedModel } from './model-catalogue.js';
import type { ApiAnswer, ApiRequest, CallLimits, Upstream } from './upstream.js';
import { protoFromTensor, tensorFromProto, typeName, type TensorProto } from './tensor-proto.js';

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
  readonly #catalogue: ModelCatalogue<Signatures>;

  constructor(config: ProxyConfig) {
    this.#config = config;
    this.#client = new GrpcClient(config);
    this.#catalogue = new ModelCatalogue(this.#client, readSignatures);
  }

  async answer({ method, target, body }: ApiRequest, limits: CallLimits): Promise<ApiAnswer> {
    const matched = method === 'POST' ? PREDICT_ROUTE.exec(target) : method === 'GET' ? MODEL_ROUTE.exec(target) : null;
    if (matched === null) throw serviceError('malformed-request', method, target);
    const [, name = '', version, metadata] = matched;
    // proto-loader would take the lowest 64 bits, which may be another version
    if (version !== undefined && BigInt(version) > LARGEST_INT64)
      throw serviceError('malformed-request', method, target);
    const model = { name: decodeURIComponent(name), ...(version === undefined ? {} : { version }) };
    if (method === 'POST') return await this.#predict(model, body, limits);
    return await (metadata === undefined ? this.#status(model, limits) : this.#metadata(model, limits));
  }

  ping(limits: CallLimits): Promise<void> {
    return this.#client.ping(limits);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #predict(model: ModelChoice, body: Buffer, limits: CallLimits): Promise<ApiAnswer> {
    const call = { model, limits, startedAtMs: performance.now() };
    const json = parseJson(body, this.#config);
    const served = this.#catalogue.remembered(model) ?? (await this.#catalogue.fresh(model, limits));
    const request = predictRequest(json);
    try {
      return await this.#predictWith(served, request, call);
    } catch (error) {
      // a new version may have other inputs than those that are remembered
      const mayBeOutdated = error instanceof ServiceError && [400, 404].includes(error.httpStatus);
      if (!mayBeOutdated || model.version !== undefined) throw error;
      const fresh = await this.#catalogue.fresh(model, limits);
      if (fresh.version === served.version) throw error;
      return await this.#predictWith(fresh, request, call);
    }
  }

  async #predictWith(
    served: ServedModel<Signatures>,
    request: PredictRequest,
    { model, limits, startedAtMs }: { model: ModelChoice; limits: CallLimits; startedAtMs: number },
  ): Promise<ApiAnswer> {
    const { signatureName, byRow } = request;
    const inputTypes = served.signatures.get(signatureName)?.inputTypes;
    if (inputTypes === undefined)
      throw new ServiceError(400, `Serving signature name: "${signatureName}" not found in signature def`);
    const inputs = [...inputTensors(inputTypes, request)].map(([alias, tensor]) => [alias, protoFromTensor(tensor)]);
    const message = { model_spec: modelSpecOf(model, signatureName), inputs: Object.fromEntries(inputs) as object };
    const parsedAtMs = performance.now();
    const { value, timing } = await this.#client.call<PredictResponse>('Predict', message, limits);
    const answeredAtMs = performance.now();
    const version = value.model_spec?.version?.value.toString();
    if (version !== served.version) this.#catalogue.forget(model);
    const outputs = new Map(Object.entries(value.outputs).map(([alias, proto]) => [alias, tensorFromProto(proto)]));
    const answer = byRow ? answerByRow(outputs) : answerWhole(outputs);
    const phases = { parse: parsedAtMs - startedAtMs, serialise: performance.now() - answeredAtMs };
    return { httpStatus: 200, body: answer, timing: { ...phases, ...timing }, modelVersion: version };
  }

  async #status(model: ModelChoice, limits: CallLimits): Promise<ApiAnswer> {
    const { value, timing } = await this.#client.call<object>(
      'GetModelStatus',
      { model_spec: modelSpecOf(model) },
      limits,
    );
    return { httpStatus: 200, body: jsonFromMessage(value), timing };
  }

  async #metadata(model: ModelChoice, limits: CallLimits): Promise<ApiAnswer> {
    const { value, timing } = await this.#catalogue.ask(model, limits);
    const { version, signatures } = value;
    const signatureDefs = Object.fromEntries([...signatures].map(([name, { definition }]) => [name, definition]));
    const answer = {
      model_spec: { name: model.name, signature_name: '', version },
      metadata: { signature_def: { signature_def: signatureDefs } },
    };
    return { httpStatus: 200, body: jsonFromMessage(answer), timing, modelVersion: version };
  }
}

interface Signature {
  /** By the names that clients use. */
  readonly inputTypes: ReadonlyMap<string, { readonly dtype: string }>;
  readonly definition: SignatureDef;
}
type Signatures = ReadonlyMap<string, Signature>;

interface SignatureDef {
  readonly inputs: Readonly<Record<string, { readonly dtype: string }>>;
}

function readSignatures(signatureDefMap: Uint8Array): Signatures {
  const { signature_def: definitions } = messageFromBytes('tensorflow.serving.SignatureDefMap', signatureDefMap);
  return new Map(
    Object.entries(definitions as Readonly<Record<string, SignatureDef>>).map(([name, definition]) => {
      const types = Object.entries(definition.inputs).map(
        ([alias, { dtype }]) => [alias, { dtype: typeName(dtype) }] as const,
      );
      return [name, { inputTypes: new Map(types), definition }];
    }),
  );
}
