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
import type { CancelSignal } from '../../cancel-signal.js';
import type { ProxyConfig } from '../../config.js';
import { GrpcClient } from '../../grpc-client.js';
import { ModelCatalogue, type ModelSpec } from '../../model-catalogue.js';
import type { ApiAnswer, ApiRequest, Upstream } from '../../upstream.js';
import { Http2Channel } from '../http2/http2-channel.js';
import { accepted, refusedByJson, refusedByServer, refusedBeforehand } from './answers.js';
import { apiCallFrom, type ApiCall } from './api-call.js';
import { answerExamples } from './examples-call.js';
import { PredictCall } from './predict-call.js';
import { signatureDefsJson } from './signature-defs.js';

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
  readonly #catalogue: ModelCatalogue;
  readonly #predict: PredictCall;

  constructor(config: ProxyConfig) {
    loadMessages(); // parsed once, 60 ms: not at the first request's expense
    this.#config = config;
    this.#client = new GrpcClient(config, (address) => new Http2Channel(address, config));
    this.#catalogue = new ModelCatalogue(this.#client);
    this.#predict = new PredictCall(this.#client, this.#catalogue, this.#json);
  }

  async answer({ method, target, headers, body }: ApiRequest, signal: CancelSignal): Promise<ApiAnswer> {
    try {
      return await this.#answer(apiCallFrom(method, target, headers), body, signal);
    } catch (error) {
      if (error instanceof JsonRequestError) return refusedByJson(error);
      if (error instanceof ServiceError && error.httpStatus < FIRST_SERVER_ERROR) return refusedByServer(error);
      throw error;
    }
  }

  ping(signal: CancelSignal): Promise<void> {
    return this.#client.ping(signal);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #answer(call: ApiCall, body: Buffer, signal: CancelSignal): Promise<ApiAnswer> | ApiAnswer {
    switch (call.kind) {
      case 'predict':
        requireModestJson(body, this.#config);
        return this.#predict.answer(call.model, body, signal);
      case 'classify':
      case 'regress':
        requireModestJson(body, this.#config);
        return answerExamples({ client: this.#client, json: this.#json }, call.kind, call.model, body, signal);
      case 'status':
        return this.#status(call.model, signal);
      case 'metadata':
        return this.#metadata(call.model, signal);
      case 'preflight':
      case 'refused':
        return refusedBeforehand(call);
    }
  }

  async #status(model: ModelSpec, signal: CancelSignal): Promise<ApiAnswer> {
    const request = { model_spec: model };
    const { value, timing } = await this.#client.call<StatusResponse>('GetModelStatus', request, signal);
    const versions = value.model_version_status.map(({ version, state, status }) => ({
      version: version.toString(),
      state,
      errorCode: status?.error_code ?? 'OK',
      errorMessage: status?.error_message ?? '',
    }));
    return accepted(statusResponseBody(versions), timing);
  }

  async #metadata(model: ModelSpec, signal: CancelSignal): Promise<ApiAnswer> {
    const { value, timing } = await this.#catalogue.ask(model, signal);
    const { version, signatureDefMap } = value;
    const body = metadataResponseBody({ name: model.name, version }, signatureDefsJson(signatureDefMap));
    return accepted(body, timing, version);
  }
}
