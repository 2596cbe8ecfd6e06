import { DEFAULT_SIGNATURE, ServiceError } from '@serving-study/serving-kit';
import {
  JsonRequestError,
  isLarge,
  parsePredictRequest,
  type InputTypes,
  type JsonTensor,
  type PredictTensors,
  type ThreadedJson,
} from '@serving-study/tfserving-json';
import type { CancelSignal } from '../../cancel-signal.js';
import type { GrpcClient } from '../../grpc-client.js';
import type { ModelCatalogue, ModelSpec, ServedModel } from '../../model-catalogue.js';
import type { ApiAnswer } from '../../upstream.js';
import { accepted } from './answers.js';
import { predictRequestBytes, predictResponseFromBytes } from './predict-message.js';

interface Call {
  readonly model: ModelSpec;
  readonly signal: CancelSignal;
  readonly startedAtMs: number;
}

/** Predict by gRPC. Remembers signatures, and asks for them again when a version change or a failure says they may be old. */
export class PredictCall {
  readonly #client: GrpcClient;
  readonly #catalogue: ModelCatalogue;
  readonly #json: ThreadedJson;

  constructor(client: GrpcClient, catalogue: ModelCatalogue, json: ThreadedJson) {
    this.#client = client;
    this.#catalogue = catalogue;
    this.#json = json;
  }

  /** Throws JsonRequestError, for a body that is no JSON before the model is looked up, and as GrpcClient does. */
  async answer(model: ModelSpec, body: Buffer, signal: CancelSignal): Promise<ApiAnswer> {
    const call = { model, signal, startedAtMs: performance.now() };
    if (isLarge(body.length)) return await this.#answerLarge(call, body);
    const request = parsePredictRequest(body);
    const attempt = (served: ServedModel): Promise<ApiAnswer> => {
      const inputs = inputsOf(served, request.signatureName);
      return this.#send(call, served, request.signatureName, request.tensorsFor(inputs));
    };
    // without a pause where it can be: the tensors are read fastest before the next request is
    const served = this.#catalogue.remembered(model) ?? (await this.#catalogue.fresh(model, signal));
    try {
      return await attempt(served);
    } catch (error) {
      if (model.version !== undefined || !isOfRequest(error)) throw error;
      const fresh = await this.#catalogue.fresh(model, signal);
      if (fresh.version === served.version) throw error;
      return await attempt(fresh);
    }
  }

  /** The thread that reads the body takes its memory, so there is one attempt, by what the server serves at this moment. */
  async #answerLarge(call: Call, body: Buffer): Promise<ApiAnswer> {
    const held: { served?: ServedModel; signatureName: string } = { signatureName: '' };
    const tensors = await this.#json.readLargePredict(body, async (signatureName) => {
      held.served = await this.#catalogue.fresh(call.model, call.signal);
      held.signatureName = signatureName;
      return inputsOf(held.served, signatureName);
    });
    if (held.served === undefined) throw new Error('the request was read without its model');
    return await this.#send(call, held.served, held.signatureName, tensors);
  }

  async #send(
    { model, signal, startedAtMs }: Call,
    served: ServedModel,
    signatureName: string,
    { format, tensors }: PredictTensors,
  ): Promise<ApiAnswer> {
    const whole = new Map<string, JsonTensor>();
    for (const [alias, tensor] of tensors) {
      if (tensor === undefined) throw new ServiceError(400, `tensor parsing error: ${alias}`);
      whole.set(alias, tensor);
    }
    const bytes = predictRequestBytes(model, nameOf(signatureName), whole);
    const parsedAtMs = performance.now();
    const { value, timing } = await this.#client.callWithBytes('Predict', bytes, signal);
    const answeredAtMs = performance.now();
    const { outputs, version } = predictResponseFromBytes(value);
    if (version !== served.version) this.#catalogue.forget(model);
    const written = this.#json.predictResponse(format, outputs);
    // each await is a turn of the queue on the hot path
    const answer = written instanceof Promise ? await written : written;
    const phases = { parse: parsedAtMs - startedAtMs, serialise: performance.now() - answeredAtMs };
    return accepted(answer, { ...phases, ...timing }, version);
  }
}

function inputsOf({ inputTypes }: ServedModel, signatureName: string): InputTypes {
  const inputs = inputTypes.get(nameOf(signatureName));
  if (inputs === undefined)
    throw new ServiceError(400, `Serving signature name: "${nameOf(signatureName)}" not found in signature def`);
  return inputs;
}

function nameOf(signatureName: string): string {
  return signatureName === '' ? DEFAULT_SIGNATURE : signatureName;
}

function isOfRequest(error: unknown): boolean {
  return (
    error instanceof JsonRequestError ||
    (error instanceof ServiceError && (error.httpStatus === 400 || error.httpStatus === 404))
  );
}
