import { Client, Metadata, credentials, status } from '@grpc/grpc-js';
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import { PROTO_ROOT, SERVICE_FILES } from '@serving-study/protos';
import { ServiceError, httpStatusFromGrpcCode, serviceError } from '@serving-study/serving-kit';
import { CallSlots } from './call-slots.js';
import type { ProxyConfig } from './config.js';
import type { CallLimits } from './upstream.js';

const NO_METADATA = new Metadata();
const EMPTY = Buffer.alloc(0);
const PACKAGE = loadSync([...SERVICE_FILES], {
  includeDirs: [PROTO_ROOT],
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
});
const METHODS = {
  ...(PACKAGE['tensorflow.serving.PredictionService'] as ServiceDefinition),
  ...(PACKAGE['tensorflow.serving.ModelService'] as ServiceDefinition),
};

export type MethodName = 'Predict' | 'Classify' | 'Regress' | 'GetModelMetadata' | 'GetModelStatus';

/** An answer, with the time spent waiting for a turn, and from then to the answer. */
export interface Answered<T> {
  readonly value: T;
  readonly timing: { readonly queue: number; readonly upstream: number };
}

/** What the model server refused: its own text, under the HTTP status that its REST port would have given it. */
export class CallRefused extends ServiceError {
  constructor({ code, details }: CallFailure) {
    super(httpStatusFromGrpcCode(code), details);
  }
}

/** grpc-js's own texts for a connection that ends under a call, or is not made; a server's UNAVAILABLE has the server's text. */
const LOST = /^(?:Connection dropped|(?:Received )?RST_STREAM|.*(?:ECONNRESET|EPIPE))/;
const UNCONNECTED = [
  [LOST, 'the connection to it was lost'],
  [/ECONNREFUSED/, 'it refuses connections'],
  [
    /^(?:round_robin: )?No connection established|^Failed to connect|^Name resolution|ENOTFOUND/,
    'it is not to be found',
  ],
] as const;
/** What TensorFlow Serving says when all its threads are busy (RESOURCE_EXHAUSTED). */
const FULL = /^Server Threadpool Exhausted$/i;
/** The server is told of a deadline slightly later than ours, so that ours ends the call and its text is ours. */
const GRACE_MS = 50;
/** Calls go to every address that a name or a list stands for, in turn, leaving out those that cannot be reached. */
const IN_TURN = JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] });

/** One way to get calls to the model server. */
export interface Channel {
  /** One attempt at a call. Resolves also to what went wrong; then `signal` may be aborted. */
  attempt(path: string, request: Uint8Array, limits: CallLimits): Promise<Uint8Array | CallFailure>;
  /** Ends its connections at once. */
  close(): void;
}

/** What grpc-js tells of a call that found no server. */
const UNAVAILABLE: number = status.UNAVAILABLE;

/** A status other than OK. For a connection that is not made, or is lost, it is UNAVAILABLE with grpc-js's own text. */
export interface CallFailure {
  readonly code: number;
  readonly details: string;
}

/** When a connection on which nothing comes is asked for a sign of life: seldom enough for TensorFlow Serving, which ends one that asks oftener within a call. */
export function keepaliveMs({ STUDY_DEADLINE_MS: deadlineMs }: ProxyConfig): number {
  return Math.ceil(deadlineMs / 3);
}

/** One connection of grpc-js to each replica's gRPC port; it connects at the first call and again after a loss. */
class GrpcJsChannel implements Channel {
  readonly #client: Client;

  constructor(config: ProxyConfig) {
    const addresses = config.STUDY_TFSERVING_GRPC;
    const target = addresses.length > 1 ? `ipv4:${addresses.join()}` : (addresses[0] ?? '');
    this.#client = new Client(target, credentials.createInsecure(), {
      'grpc.max_receive_message_length': config.STUDY_ANSWER_LIMIT_BYTES,
      'grpc.max_send_message_length': -1, // the limit of request bodies bounds it
      'grpc.keepalive_time_ms': keepaliveMs(config),
      'grpc.keepalive_timeout_ms': Math.ceil(keepaliveMs(config) / 2),
      // a restarted server is found within two seconds, not within grpc-js's two minutes
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2000,
      'grpc.enable_retries': 0,
      'grpc.service_config': IN_TURN,
      'grpc.service_config_disable_resolution': 1,
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  attempt(path: string, request: Uint8Array, { deadlineAtMs, signal }: CallLimits): Promise<Uint8Array | CallFailure> {
    return new Promise((resolve) => {
      const options = { deadline: deadlineAtMs + GRACE_MS };
      const bytes = request as Buffer;
      const call = this.#client.makeUnaryRequest(path, same, same, bytes, NO_METADATA, options, (error, value) => {
        signal.offAbort(cancel);
        resolve(error ?? value ?? Buffer.alloc(0));
      });
      const cancel = (): void => {
        call.cancel();
      };
      signal.onAbort(cancel);
    });
  }

  close(): void {
    this.#client.close();
  }
}

function same(bytes: Buffer): Buffer {
  return bytes;
}

/** Calls to PredictionService and ModelService. */
export class GrpcClient {
  readonly #channel: Channel;
  readonly #slots = new CallSlots();
  readonly #keepaliveMs: number;

  constructor(config: ProxyConfig, channel: Channel = new GrpcJsChannel(config)) {
    this.#channel = channel;
    this.#keepaliveMs = keepaliveMs(config);
  }

  /** Request and answer as objects with the field names of the .proto files; 64-bit integers are text. Throws as `send` does. */
  async call<Response>(method: MethodName, request: object, limits: CallLimits): Promise<Answered<Response>> {
    const { requestSerialize, responseDeserialize } = definitionOf(method);
    const { value, timing } = await this.send(method, requestSerialize(request), limits);
    return { value: responseDeserialize(value as Buffer) as Response, timing };
  }

  /**
   * Request and answer as serialized messages. A server whose threads are all busy refuses calls instead of queueing them:
   * such a call waits for its turn here. One whose connection the server closes is sent once more: predictions can be. Throws
   * CallRefused, `upstream-unreachable`, or the reason of the signal.
   */
  async send(method: MethodName, request: Uint8Array, limits: CallLimits): Promise<Answered<Uint8Array>> {
    const { path } = definitionOf(method);
    const queuedAtMs = performance.now();
    for (let isRepeated = false; ;) {
      limits.signal.throwIfAborted();
      await this.#slots.take(limits.signal);
      const sentAtMs = performance.now();
      const answer = await this.#channel.attempt(path, request, limits).catch((error: unknown) => {
        this.#slots.giveBack();
        throw error;
      });
      const isFull = 'details' in answer && FULL.test(answer.details);
      if (isFull && this.#slots.giveBackRefused()) continue;
      if (!isFull) this.#slots.giveBack();
      if (!('details' in answer))
        return { value: answer, timing: { queue: sentAtMs - queuedAtMs, upstream: performance.now() - sentAtMs } };
      limits.signal.throwIfAborted();
      const isSilent = performance.now() - sentAtMs >= this.#keepaliveMs; // the server is frozen, or cut off
      const isLost = answer.code === UNAVAILABLE && LOST.test(answer.details) && !isSilent;
      if (!isLost || isRepeated) throw errorFrom(answer);
      isRepeated = true;
    }
  }

  /** Any answer shows that the server is there, and a request without a model gets one: a refusal. Throws as `send` does. */
  async ping(limits: CallLimits): Promise<void> {
    const answer = await this.#channel.attempt(definitionOf('GetModelStatus').path, EMPTY, limits);
    limits.signal.throwIfAborted();
    if ('details' in answer && answer.code === UNAVAILABLE) throw errorFrom(answer);
  }

  close(): void {
    this.#channel.close();
  }
}

function definitionOf(method: MethodName): MethodDefinition<object, object> {
  const definition = METHODS[method];
  if (definition === undefined) throw new Error(`the message definitions have no method ${method}`);
  return definition;
}

function errorFrom(error: CallFailure): Error {
  const [, reason] = UNCONNECTED.find(([text]) => text.test(error.details)) ?? [];
  if (error.code !== UNAVAILABLE || reason === undefined) return new CallRefused(error);
  const unreached = serviceError('upstream-unreachable', reason);
  unreached.cause = error;
  return unreached;
}
