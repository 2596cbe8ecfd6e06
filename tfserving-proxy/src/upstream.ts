import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { ServerTiming } from '@serving-study/serving-kit';

/** A model server behind this proxy, in whichever protocol it is spoken to. */
export interface Upstream {
  /** Whether `answer` reads the body, and so wants it inflated. */
  readonly readsBodies: boolean;
  /**
   * Answers one request of TensorFlow Serving's REST API. Throws ServiceError, for what the model server refuses too, unless
   * its answer is passed on as it is.
   */
  answer(request: ApiRequest, limits: CallLimits): Promise<ApiAnswer>;
  /** Resolves once the model server has answered something. Throws as `answer` does. */
  ping(limits: CallLimits): Promise<void>;
  /** Ends its connections at once. */
  close(): void | Promise<void>;
}

export type Upstreams = Readonly<Record<'grpc' | 'rest', Upstream>>;

/** A request as it came in, undecoded but for its body. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface CallLimits {
  /** In milliseconds since the epoch. */
  readonly deadlineAtMs: number;
  /** Aborted at the deadline, or when the client is gone. */
  readonly signal: CancelSignal;
}

/** An AbortSignal and its controller for a tenth of their cost: each request has one. */
export class CancelSignal {
  /** Once it is aborted: the error to throw. */
  reason: Error | undefined;
  readonly #listeners = new Set<(reason: Error) => void>();

  get aborted(): boolean {
    return this.reason !== undefined;
  }

  /** Calls the listeners; the first reason counts. */
  abort(reason: Error): void {
    if (this.aborted) return;
    this.reason = reason;
    for (const listener of this.#listeners) listener(reason);
  }

  throwIfAborted(): void {
    if (this.reason !== undefined) throw this.reason;
  }

  /** What the promise gives. Rejects with the reason when it is aborted first. */
  until<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.onAbort(reject);
      void promise.then(resolve, reject).finally(() => {
        this.offAbort(reject);
      });
    });
  }

  onAbort(listener: (reason: Error) => void): void {
    this.#listeners.add(listener);
  }

  offAbort(listener: (reason: Error) => void): void {
    this.#listeners.delete(listener);
  }
}

export interface ApiAnswer {
  readonly httpStatus: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body: string | Uint8Array;
  readonly timing: ServerTiming;
  /** The version that answered, when the upstream says so. */
  readonly modelVersion?: string | undefined;
}
