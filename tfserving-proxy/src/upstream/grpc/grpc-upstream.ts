import { loadMessages } from '@serving-study/protos';
import { inflateBody } from '@serving-study/serving-kit';
import { JsonRequestError, metadataResponseBody, statusResponseBody } from '@serving-study/tfserving-json';
import type { ApiAnswer, ApiRequest, CallLimits, Upstream } from '../upstream.js';
import { accepted, refusedByJson, refusedByServer, refusedBeforehand } from './answers.js';
import { apiCallFrom, type ModelChoice } from './api-call.js';
import { answerExamples } from './examples-call.js';
import { ModelCatalogue, modelSpecOf } from './model-catalogue.js';
import { ModelServerClient } from './model-server-client.js';
import { PredictCall } from './predict-call.js';

export interface GrpcOptions {
  /** `host:port`; several are replicas, given by IPv4 addresses. */
  readonly addresses: readonly string[];
  readonly answerLimitBytes: number;
}

interface StatusResponse {
  readonly model_version_status: readonly {
    readonly version: string;
    readonly state: string;
    readonly status: { readonly error_code: string; readonly error_message: string } | null;
  }[];
}

/** TensorFlow Serving by gRPC: the REST API is translated here, with TensorFlow Serving's own rules, texts and layout. */
export class GrpcUpstream implements Upstream {
  readonly #client: ModelServerClient;
  readonly #catalogue: ModelCatalogue;
  readonly #predict: PredictCall;

  constructor({ addresses, answerLimitBytes }: GrpcOptions) {
    loadMessages(); // parsed once, 60 ms: not at the first request's expense
    this.#client = new ModelServerClient(addresses, answerLimitBytes);
    this.#catalogue = new ModelCatalogue(this.#client);
    this.#predict = new PredictCall(this.#client, this.#catalogue);
  }

  async answer(request: ApiRequest, limits: CallLimits): Promise<ApiAnswer> {
    const call = apiCallFrom(request.method, request.target, request.headers);
    const body =
      'content-encoding' in request.headers ? await inflateBody(request.body, request.headers) : request.body;
    try {
      switch (call.kind) {
        case 'predict':
          return await this.#predict.answer(call.model, body, limits);
        case 'classify':
        case 'regress':
          return await answerExamples(this.#client, call.kind, call.model, body, limits);
        case 'status':
          return await this.#status(call.model, limits);
        case 'metadata':
          return await this.#metadata(call.model, limits);
        case 'preflight':
        case 'refused':
          return refusedBeforehand(call);
      }
    } catch (error) {
      if (error instanceof JsonRequestError) return refusedByJson(error);
      throw error;
    }
  }

  whyNotReady(): Promise<string | undefined> {
    return this.#client.whyNotConnected(2000);
  }

  close(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }

  async #status(model: ModelChoice, limits: CallLimits): Promise<ApiAnswer> {
    const outcome = await this.#client.callWithObjects<StatusResponse>(
      'GetModelStatus',
      { model_spec: modelSpecOf(model) },
      limits,
    );
    const timing = { queue: outcome.queuedMs, upstream: outcome.upstreamMs };
    if (outcome.kind === 'refused') return refusedByServer(outcome, timing);
    const versions = outcome.value.model_version_status.map(({ version, state, status }) => ({
      version,
      state,
      errorCode: status?.error_code ?? 'OK',
      errorMessage: status?.error_message ?? '',
    }));
    return accepted(statusResponseBody(versions), timing);
  }

  async #metadata(model: ModelChoice, limits: CallLimits): Promise<ApiAnswer> {
    const outcome = await this.#catalogue.ask(model, limits);
    const timing = { queue: outcome.queuedMs, upstream: outcome.upstreamMs };
    if (outcome.kind === 'refused') return refusedByServer(outcome, timing);
    const { version, signatures } = outcome.value;
    return accepted(metadataResponseBody({ name: model.name, version }, signatures.json), timing, version);
  }
}
