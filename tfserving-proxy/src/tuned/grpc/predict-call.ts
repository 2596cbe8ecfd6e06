import { DEFAULT_SIGNATURE, ServiceError } from '@serving-study/serving-kit';
import {
  JsonRequestError,
  parsePredictRequest,
  predictResponseBody,
  type PredictRequestBody,
} from '@serving-study/tfserving-json';
import type { GrpcClient } from '../../grpc-client.js';
import type { ModelCatalogue, ModelChoice, ServedModel } from '../../model-catalogue.js';
import type { ApiAnswer, CallLimits } from '../../upstream.js';
import { accepted } from './answers.js';
import { predictRequestBytes, predictResponseFromBytes } from './predict-message.js';
import type { SignatureDefs } from './signature-defs.js';

/** Predict by gRPC. Remembers signatures, and asks for them again when a version change or a failure says they may be old. */
export class PredictCall {
  readonly #client: GrpcClient;
  readonly #catalogue: ModelCatalogue<SignatureDefs>;

  constructor(client: GrpcClient, catalogue: ModelCatalogue<SignatureDefs>) {
    this.#client = client;
    this.#catalogue = catalogue;
  }

  /** Throws JsonRequestError, for a body that is no JSON before the model is looked up, and as GrpcClient does. */
  async answer(model: ModelChoice, body: Buffer, limits: CallLimits): Promise<ApiAnswer> {
    const startedAtMs = performance.now();
    const request = parsePredictRequest(body);
    // without a pause where it can be: the tensors are read fastest before the next request is
    const served = this.#catalogue.remembered(model) ?? (await this.#catalogue.fresh(model, limits));
    try {
      return await this.#attempt(model, served, request, startedAtMs, limits);
    } catch (error) {
      const mayBeOutdated =
        error instanceof JsonRequestError ||
        (error instanceof ServiceError && (error.httpStatus === 400 || error.httpStatus === 404));
      if (!mayBeOutdated || model.version !== undefined) throw error;
      const fresh = await this.#catalogue.fresh(model, limits);
      if (fresh.version === served.version) throw error;
      return await this.#attempt(model, fresh, parsePredictRequest(body), startedAtMs, limits);
    }
  }

  async #attempt(
    model: ModelChoice,
    served: ServedModel<SignatureDefs>,
    request: PredictRequestBody,
    startedAtMs: number,
    limits: CallLimits,
  ): Promise<ApiAnswer> {
    const signatureName = request.signatureName === '' ? DEFAULT_SIGNATURE : request.signatureName;
    const types = served.signatures.inputTypes.get(signatureName);
    if (types === undefined)
      throw new ServiceError(400, `Serving signature name: "${signatureName}" not found in signature def`);
    const { format, tensors } = request.tensorsFor(types);
    const whole = new Map();
    for (const [alias, tensor] of tensors) {
      if (tensor === undefined) throw new ServiceError(400, `tensor parsing error: ${alias}`);
      whole.set(alias, tensor);
    }
    const bytes = predictRequestBytes(model, signatureName, whole);
    const parsedAtMs = performance.now();
    const { value, timing } = await this.#client.send('Predict', bytes, limits);
    const answeredAtMs = performance.now();
    const { outputs, version } = predictResponseFromBytes(value);
    if (version !== served.version) this.#catalogue.forget(model);
    const answer = predictResponseBody(format, outputs);
    const phases = { parse: parsedAtMs - startedAtMs, serialise: performance.now() - answeredAtMs };
    return accepted(answer, { ...phases, ...timing }, version);
  }
}
