import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Metadata, credentials, status } from '@grpc/grpc-js';
import { ServiceError, httpStatusFromGrpcCode } from '@serving-study/serving-kit';
import type { CancelSignal } from '../cancel-signal.js';
import type { ProxyConfig } from '../config.js';
import type { CallLimits } from '../upstream.js';
import { CallSlots } from './call-slots.js';
import { Unanswered, type Line, type ReplicaAddress } from './replicas.js';

const NO_METADATA = new Metadata();
const EMPTY = Buffer.alloc(0);
/** A request without a model is refused at once, also when all threads are busy. */
const PING_METHOD = '/tensorflow.serving.ModelService/GetModelStatus';

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

const {
  UNAVAILABLE,
  INTERNAL,
  DEADLINE_EXCEEDED,
}: Readonly<Record<'UNAVAILABLE' | 'INTERNAL' | 'DEADLINE_EXCEEDED', number>> = status;
const LOST = 'the connection to it was lost';
/**
 * grpc-js's own codes and texts for a connection that ends under a call, or is not made. A server's own status has another
 * text; under INTERNAL, where a server's own faults are too, only what no server says counts.
 */
const UNCONNECTED: readonly (readonly [code: number, text: RegExp, reason: string])[] = [
  [
    UNAVAILABLE,
    /^(?:Connection dropped|Stream refused by server|(?:Received )?RST_STREAM|.*(?:ECONNRESET|EPIPE|ETIMEDOUT))/,
    LOST,
  ],
  [
    INTERNAL,
    /^Failed to start HTTP\/2 stream|^Received RST_STREAM with code \d+ (?:\(Call ended|triggered by internal client)/,
    LOST,
  ],
  [UNAVAILABLE, /ECONNREFUSED/, 'it refuses connections'],
  [UNAVAILABLE, /^No connection established|^Failed to connect/, 'it is not to be found'],
];
/** What TensorFlow Serving says when all its threads are busy (RESOURCE_EXHAUSTED). */
const FULL = /^Server Threadpool Exhausted$/i;
/** The server is told of a deadline slightly later than ours, so that ours ends the call and its text is ours. */
const GRACE_MS = 50;
/**
 * A connection on which nothing comes under calls for so long is asked by an HTTP/2 ping, and given up after half as long: the
 * way to a replica may be cut so that only a new connection gets through. TensorFlow Serving ends a connection that asks often
 * while it has nothing to say, so a replica's life is asked for by calls.
 */
export const KEEPALIVE_MS = 10_000;

/** One way to get calls to a replica. */
export interface Channel {
  /** One attempt at a call. Resolves also to what went wrong; then `signal` may be aborted. */
  attempt(path: string, request: Uint8Array, limits: CallLimits): Promise<Uint8Array | CallFailure>;
  /** Ends its connections at once. */
  close(): void;
}

/** A status other than OK. For a connection that is not made, or is lost, it is UNAVAILABLE with grpc-js's own text. */
export interface CallFailure {
  readonly code: number;
  readonly details: string;
}

/** A connection of grpc-js. */
export class GrpcJsChannel implements Channel {
  readonly #client: Client;

  constructor({ address, authority }: ReplicaAddress, config: ProxyConfig) {
    const scheme = address.startsWith('[') ? 'ipv6' : 'ipv4';
    this.#client = new Client(`${scheme}:${address}`, credentials.createInsecure(), {
      'grpc.default_authority': authority,
      'grpc.max_receive_message_length': config.STUDY_ANSWER_LIMIT_BYTES,
      'grpc.max_send_message_length': -1, // the limit of request bodies bounds it
      'grpc.keepalive_time_ms': KEEPALIVE_MS,
      'grpc.keepalive_timeout_ms': KEEPALIVE_MS / 2,
      // a restarted server is found within two seconds, not within grpc-js's two minutes
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1000,
      'grpc.enable_retries': 0,
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

/** A replica's gRPC port. */
export class GrpcLine implements Line {
  readonly #channel: Channel;
  readonly #slots = new CallSlots();

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** Throws Unanswered, CallRefused, or the reason of the signal. */
  async send(path: string, request: Uint8Array, limits: CallLimits): Promise<Answered<Uint8Array>> {
    const queuedAtMs = performance.now();
    for (;;) {
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
      // The server's deadline is not before ours: where this process was held up, our own timer is due as well.
      if (answer.code === DEADLINE_EXCEEDED) await sleep(GRACE_MS);
      limits.signal.throwIfAborted();
      throw errorFrom(answer);
    }
  }

  async ping(signal: CancelSignal): Promise<void> {
    const limits = { deadlineAtMs: Number.POSITIVE_INFINITY, signal };
    const answer = await this.#channel.attempt(PING_METHOD, EMPTY, limits);
    signal.throwIfAborted();
    if ('details' in answer && answer.code === UNAVAILABLE) throw errorFrom(answer);
  }

  close(): void {
    this.#channel.close();
  }
}

function errorFrom(error: CallFailure): Error {
  const known = UNCONNECTED.find(([code, text]) => code === error.code && text.test(error.details));
  if (known === undefined) return new CallRefused(error);
  const [, , reason] = known;
  // grpc-js ends its text with a note that is empty more often than not
  return new Unanswered(reason, reason === LOST, new Error(error.details.replace(/ Resolution note: $/, '')));
}
