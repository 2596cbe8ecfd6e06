import { Client, Metadata, credentials, status, type ServiceError as CallError } from '@grpc/grpc-js';
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import { PROTO_ROOT, SERVICE_FILES } from '@serving-study/protos';
import { serviceError } from '@serving-study/serving-kit';
import type { CallLimits } from '../upstream.js';
import { CallSlots } from './call-slots.js';

const NO_METADATA = new Metadata();
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

/** How a call ended at the model server: with an answer, or with a status other than OK. */
export type CallOutcome<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'refused'; readonly code: number; readonly text: string };

/** With the time spent waiting for a turn, and from then to the answer. */
export type TimedOutcome<T> = CallOutcome<T> & { readonly queuedMs: number; readonly upstreamMs: number };

type MethodName = 'Predict' | 'Classify' | 'Regress' | 'GetModelMetadata' | 'GetModelStatus';

/** grpc-js's own texts for what happens before a server answers; a server's UNAVAILABLE has the server's text. */
const CONNECTION_TEXT =
  /^(?:round_robin: )?(?:No connection established|Connection dropped|Failed to connect|Name resolution|Received RST_STREAM|.*(?:ECONNRE|EPIPE|ENOTFOUND))/;

/** What TensorFlow Serving says when all its threads are busy (RESOURCE_EXHAUSTED). */
const FULL_TEXT = /^Server Threadpool Exhausted$/i;
/** The server is told of a deadline slightly later than ours, so that ours ends the call and its text is ours. */
const GRACE_MS = 50;

/** Calls go to every address that a name or a list stands for, in turn, leaving out those that cannot be reached. */
const IN_TURN = JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] });

/** One HTTP/2 connection to each replica's gRPC port; it connects at the first call and again after a loss. */
export class ModelServerClient {
  readonly #client: Client;
  readonly #slots = new CallSlots();

  constructor(addresses: readonly string[], answerLimitBytes: number) {
    this.#client = new Client(targetOf(addresses), credentials.createInsecure(), {
      'grpc.max_receive_message_length': answerLimitBytes,
      'grpc.max_send_message_length': -1, // the limit of request bodies bounds it
      // a restarted server is found within two seconds, not within grpc-js's two minutes
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2000,
      'grpc.enable_retries': 0,
      'grpc.service_config': IN_TURN,
      'grpc.service_config_disable_resolution': 1,
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  /** Request and answer as serialized messages. */
  callWithBytes(method: MethodName, request: Uint8Array, limits: CallLimits): Promise<TimedOutcome<Buffer>> {
    const same = (bytes: Buffer): Buffer => bytes;
    return this.#call(definitionOf(method).path, same, same, request as Buffer, limits);
  }

  /** Request and answer as plain objects with the field names of the .proto files; 64-bit integers are text. */
  callWithObjects<Response>(method: MethodName, request: object, limits: CallLimits): Promise<TimedOutcome<Response>> {
    const { path, requestSerialize, responseDeserialize } = definitionOf(method);
    return this.#call(path, requestSerialize, responseDeserialize as (bytes: Buffer) => Response, request, limits);
  }

  /** Undefined once connected, else the reason why not. */
  whyNotConnected(withinMs: number): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#client.waitForReady(Date.now() + withinMs, (error) => {
        resolve(error?.message);
      });
    });
  }

  close(): void {
    this.#client.close();
  }

  /** Sends the call, again if need be: a server whose threads are all busy refuses calls instead of queueing them. */
  async #call<Request, Response>(
    path: string,
    serialize: (value: Request) => Buffer,
    deserialize: (bytes: Buffer) => Response,
    request: Request,
    limits: CallLimits,
  ): Promise<TimedOutcome<Response>> {
    const queuedAtMs = performance.now();
    for (;;) {
      await this.#slots.take(limits.signal);
      const sentAtMs = performance.now();
      const outcome = await this.#send(path, serialize, deserialize, request, limits).catch((error: unknown) => {
        this.#slots.giveBack();
        throw error;
      });
      const isFull = outcome.kind === 'refused' && FULL_TEXT.test(outcome.text);
      if (isFull && this.#slots.giveBackRefused()) continue;
      if (!isFull) this.#slots.giveBack();
      return { ...outcome, queuedMs: sentAtMs - queuedAtMs, upstreamMs: performance.now() - sentAtMs };
    }
  }

  #send<Request, Response>(
    path: string,
    serialize: (value: Request) => Buffer,
    deserialize: (bytes: Buffer) => Response,
    request: Request,
    { deadlineAtMs, signal }: CallLimits,
  ): Promise<CallOutcome<Response>> {
    return new Promise((resolve, reject) => {
      const options = { deadline: deadlineAtMs + GRACE_MS };
      const call = this.#client.makeUnaryRequest(
        path,
        serialize,
        deserialize,
        request,
        NO_METADATA,
        options,
        (error, value) => {
          signal.removeEventListener('abort', cancel);
          if (error === null) resolve({ kind: 'answered', value: value as Response });
          else if (error.code === status.UNAVAILABLE && CONNECTION_TEXT.test(error.details)) reject(unreachable(error));
          else resolve({ kind: 'refused', code: error.code, text: error.details });
        },
      );
      const cancel = (): void => {
        reject(signal.reason as Error);
        call.cancel();
      };
      signal.addEventListener('abort', cancel, { once: true });
    });
  }
}

/** As grpc-js takes it: a name, or a list of addresses under the scheme `ipv4`. */
function targetOf(addresses: readonly string[]): string {
  const [only = ''] = addresses;
  return addresses.length > 1 ? `ipv4:${addresses.join(',')}` : only;
}

function definitionOf(method: MethodName): MethodDefinition<object, object> {
  const definition = METHODS[method];
  if (definition === undefined) throw new Error(`the message definitions have no method ${method}`);
  return definition;
}

function unreachable(error: CallError): Error {
  const refused = error.details.includes('ECONNREFUSED');
  const unreached = serviceError(
    'upstream-unreachable',
    refused ? 'it refuses connections' : 'the connection to it was lost',
  );
  unreached.cause = error;
  return unreached;
}
