import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { ServiceError, httpStatusFromGrpcCode, type ServerTiming } from '@serving-study/serving-kit';
import type { CancelSignal } from './cancel-signal.js';

/** A model server behind this proxy, in whichever protocol it is spoken to. */
export interface Upstream {
  /** Whether `answer` reads the body, and so wants it inflated. */
  readonly readsBodies: boolean;
  /**
   * Answers one request of TensorFlow Serving's REST API. `signal` is aborted at the deadline, or when the client is gone. What
   * the model server refuses is thrown as ServiceError by gRPC, and is an answer like others by REST.
   */
  answer(request: ApiRequest, signal: CancelSignal): Promise<ApiAnswer>;
  /** Resolves once the model server has answered something. Throws as `answer` does. */
  ping(signal: CancelSignal): Promise<void>;
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

export interface ApiAnswer {
  readonly httpStatus: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body: string | Uint8Array;
  readonly timing: ServerTiming;
  /** The version that answered, when the upstream says so. */
  readonly modelVersion?: string | undefined;
}

/** The answer to a call by gRPC, with the time spent waiting for a turn, and from then to the answer. */
export interface TimedAnswer<T> {
  readonly value: T;
  readonly timing: { readonly queue: number; readonly upstream: number };
}

/** What the model server refused: its own text, under the HTTP status that its REST port would have given it. */
export class CallRefused extends ServiceError {
  constructor(code: number, details: string) {
    super(httpStatusFromGrpcCode(code), details);
  }
}
