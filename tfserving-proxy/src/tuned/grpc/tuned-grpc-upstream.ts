import type { Long } from '@grpc/proto-loader';
import { requireModestJson } from '@serving-study/predict-json';
import { loadMessages } from '@serving-study/protos';
import { ServiceError } from '@serving-study/serving-kit';
import {
  JsonRequestError,
  ThreadedJson,
  metadataResponseBody,
  statusResponseBody,
} from '@serving-study/tfserving-json';
import type { ProxyConfig } from '../../config.js';
import { GrpcClient } from '../../grpc-client.js';
import { ModelCatalogue, modelSpecOf, type ModelChoice } from '../../model-catalogue.js';
import type { ApiAnswer, ApiRequest, CallLimits, Upstream } from '../../upstream.js';
import { Http2Channel } from '../http2/http2-channel.js';
import { accepted, refusedByJson, refusedByServer, refusedBeforehand } from './answers.js';
import { apiCallFrom, type ApiCall } from './api-call.js';
import { answerExamples } from './examples-call.js';
import { PredictCall } from './predict-call.js';
import { signatureDefsFromBytes, type SignatureDefs } from './signature-defs.js';

interface StatusResponse {
  readonly model_version_status: readonly {
    readonly version: Long;
    readonly state: string;
    readonly status: { readonly error_code: string; readonly error_message: string } | null;
  }[];
}

/** Other failures are the proxy's to tell: they are logged. */
const FIRST_SERVER_ERROR = 499;

/** TensorFlow Serving by gRPC: the whole REST API is translated here, with TensorFlow Serving's own rules, texts and layout. */
export class TunedGrpcUpstream implements Upstream {
  readonly readsBodies = true;
  readonly #config: ProxyConfig;
  readonly #client: GrpcClient;
  readonly #json = new ThreadedJson();
  readonly #catalogue: ModelCatalogue<SignatureDefs>;
  readonly #predict: PredictCall;

  constructor(config: ProxyConfig) {
    loadMessages(); // parsed once, 60 ms: not at the first request's expense
    this.#config = config;
    this.#client = new GrpcClient(config, (address) => new Http2Channel(address, config));
    this.#catalogue = new ModelCatalogue(this.#client, signatureDefsFromBytes);
    this.#predict = new PredictCall(this.#client, this.#catalogue, this.#json);
  }

  async answer({ method, target, headers, body }: ApiRequest, limits: CallLimits): Promise<ApiAnswer> {
    try {
      return await this.#answer(apiCallFrom(method, target, headers), body, limits);
    } catch (error) {
      if (error instanceof JsonRequestError) return refusedByJson(error);
      if (error instanceof ServiceError && error.httpStatus < FIRST_SERVER_ERROR) return refusedByServer(error);
      throw error;
    }
  }

  ping(limits: CallLimits): Promise<void> {
    return this.#client.ping(limits);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #answer(call: ApiCall, body: Buffer, limits: CallLimits): Promise<ApiAnswer> | ApiAnswer {
    switch (call.kind) {
      case 'predict':
        requireModestJson(body, this.#config);
        return this.#predict.answer(call.model, body, limits);
      case 'classify':
      case 'regress':
        requireModestJson(body, this.#config);
        return answerExamples({ client: this.#client, json: this.#json }, call.kind, call.model, body, limits);
      case 'status':
        return this.#status(call.model, limits);
      case 'metadata':
        return this.#metadata(call.model, limits);
      case 'preflight':
      case 'refused':
        return refusedBeforehand(call);
    }
  }

  async #status(model: ModelChoice, limits: CallLimits): Promise<ApiAnswer> {
    const request = { model_spec: modelSpecOf(model) };
    const { value, timing } = await this.#client.call<StatusResponse>('GetModelStatus', request, limits);
    const versions = value.model_version_status.map(({ version, state, status }) => ({
      version: version.toString(),
      state,
      errorCode: status?.error_code ?? 'OK',
      errorMessage: status?.error_message ?? '',
    }));
    return accepted(statusResponseBody(versions), timing);
  }

  async #metadata(model: ModelChoice, limits: CallLimits): Promise<ApiAnswer> {
    const { value, timing } = await this.#catalogue.ask(model, limits);
    const { version, signatures } = value;
    return accepted(metadataResponseBody({ name: model.name, version }, signatures.json), timing, version);
  }
}
