import { setTimeout as sleep } from 'node:timers/promises';
import type { CancelSignal } from '../cancel-signal.js';
import { CallRefused, type TimedAnswer } from '../upstream.js';
import { CallSlots } from './call-slots.js';
import type { ReplicaConnection } from './replicas.js';

/** A request without a model is refused at once, also when all threads are busy. */
const PING_METHOD = '/tensorflow.serving.ModelService/GetModelStatus';
const EMPTY = Buffer.alloc(0);
/** What TensorFlow Serving says when all its threads are busy (RESOURCE_EXHAUSTED). */
export const FULL = 'Server Threadpool Exhausted';
/** The server is told of a deadline slightly later than ours, so that ours ends the call and its text is ours. */
export const GRACE_MS = 50;
/**
 * A connection on which nothing comes under calls for so long is asked by an HTTP/2 ping, and given up after half as long: the
 * way to a replica may be cut so that only a new connection gets through. TensorFlow Serving ends a connection that asks often
 * while it has nothing to say, so a replica's life is asked for by calls.
 */
export const KEEPALIVE_MS = 10_000;

/** One way to get calls to a replica: by grpc-js, or tuned. */
export interface Channel {
  /** Sends a serialized request once. Throws Unanswered or CallRefused; with an aborted signal, anything. */
  attempt(path: string, request: Uint8Array, signal: CancelSignal): Promise<Uint8Array>;
  /** Ends its connections at once. */
  close(): void;
}

/** A replica's gRPC port. */
export class GrpcConnection implements ReplicaConnection {
  readonly #channel: Channel;
  readonly #slots = new CallSlots();

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /**
   * A replica whose threads are all busy refuses calls instead of queueing them: such a call waits here for its turn. Throws
   * Unanswered, CallRefused, or the reason of the signal.
   */
  async call(path: string, request: Uint8Array, signal: CancelSignal): Promise<TimedAnswer<Uint8Array>> {
    const queuedAtMs = performance.now();
    for (;;) {
      await this.#slots.take(signal);
      const sentAtMs = performance.now();
      try {
        const value = await this.#channel.attempt(path, request, signal);
        this.#slots.giveBack();
        return { value, timing: { queue: sentAtMs - queuedAtMs, upstream: performance.now() - sentAtMs } };
      } catch (error) {
        if (!(error instanceof CallRefused && error.message === FULL)) this.#slots.giveBack();
        else if (this.#slots.giveBackRefused()) continue;
        // the server's deadline is not before ours: where this process was held up, our own timer is due as well
        if (error instanceof CallRefused && error.httpStatus === 504) await sleep(GRACE_MS);
        signal.throwIfAborted();
        throw error;
      }
    }
  }

  async ping(signal: CancelSignal): Promise<void> {
    try {
      await this.#channel.attempt(PING_METHOD, EMPTY, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CallRefused) || error.httpStatus === 503) throw error;
    }
  }

  close(): void {
    this.#channel.close();
  }
}
