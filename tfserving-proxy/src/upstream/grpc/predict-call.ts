import { DEFAULT_SIGNATURE } from '@serving-study/serving-kit';
import {
  JsonRequestError,
  parsePredictRequest,
  predictResponseBody,
  type RequestFormat,
} from '@serving-study/tfserving-json';
import type { ApiAnswer, CallLimits } from '../upstream.js';
import { accepted, refusedByJson, refusedByServer } from './answers.js';
import type { ModelChoice } from './api-call.js';
import type { ModelCatalogue, ServedModel } from './model-catalogue.js';
import type { ModelServerClient } from './model-server-client.js';
import { predictRequestBytes, predictResponseFromBytes } from './predict-message.js';

type Encoded =
  | { readonly kind: 'request'; readonly format: RequestFormat; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly answer: ApiAnswer };

/** Predict by gRPC. Remembers signatures, and asks for them again when a version change or a failure says they may be old. */
export class PredictCall {
  readonly #client: ModelServerClient;
  readonly #catalogue: ModelCatalogue;

  constructor(client: ModelServerClient, catalogue: ModelCatalogue) {
    this.#client = client;
    this.#catalogue = catalogue;
  }

  /** Throws JsonRequestError for a body that is no JSON: that is noticed before the model is looked up. */
  async answer(model: ModelChoice, body: Buffer, limits: CallLimits): Promise<ApiAnswer> {
    const known = this.#catalogue.known(model);
    if (known === undefined) {
      parsePredictRequest(body);
      const asked = await this.#catalogue.ask(model, limits);
      return asked.kind === 'refused'
        ? refusedByServer(asked, {})
        : await this.#attempt(model, asked.value, body, limits);
    }
    const answer = await this.#attempt(model, known, body, limits);
    const mayBeOutdated = model.version === undefined && (answer.httpStatus === 400 || answer.httpStatus === 404);
    if (!mayBeOutdated) return answer;
    const asked = await this.#catalogue.ask(model, limits);
    if (asked.kind === 'refused') return refusedByServer(asked, answer.timing);
    return asked.value.version === known.version ? answer : await this.#attempt(model, asked.value, body, limits);
  }

  async #attempt(model: ModelChoice, served: ServedModel, body: Buffer, limits: CallLimits): Promise<ApiAnswer> {
    const receivedAtMs = performance.now();
    const encoded = encode(model, served, body);
    if (encoded.kind === 'refused') return encoded.answer;
    const sentAtMs = performance.now();
    const outcome = await this.#client.callWithBytes('Predict', encoded.bytes, limits);
    const answeredAtMs = performance.now();
    const timing = { parse: sentAtMs - receivedAtMs, queue: outcome.queuedMs, upstream: outcome.upstreamMs };
    if (outcome.kind === 'refused') return refusedByServer(outcome, timing);
    const { outputs, version } = predictResponseFromBytes(outcome.value);
    if (version !== served.version) this.#catalogue.forget(model);
    const answer = predictResponseBody(encoded.format, outputs);
    return accepted(answer, { ...timing, serialise: performance.now() - answeredAtMs }, version);
  }
}

function encode(model: ModelChoice, served: ServedModel, body: Buffer): Encoded {
  try {
    const request = parsePredictRequest(body);
    const signatureName = request.signatureName === '' ? DEFAULT_SIGNATURE : request.signatureName;
    const types = served.signatures.inputTypes.get(signatureName);
    if (types === undefined) return refused(`Serving signature name: "${signatureName}" not found in signature def`);
    const { format, tensors } = request.tensorsFor(types);
    const whole = new Map();
    for (const [alias, tensor] of tensors) {
      if (tensor === undefined) return refused(`tensor parsing error: ${alias}`);
      whole.set(alias, tensor);
    }
    return { kind: 'request', format, bytes: predictRequestBytes(model, signatureName, whole) };
  } catch (error) {
    if (error instanceof JsonRequestError) return refused(error);
    throw error;
  }
}

function refused(error: JsonRequestError | string): Encoded {
  return { kind: 'refused', answer: refusedByJson(error) };
}
