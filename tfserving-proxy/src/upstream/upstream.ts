import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { ServerTiming } from '@serving-study/serving-kit';

/** A model server behind this proxy, whichever protocol it is spoken to in. */
export interface Upstream {
  /**
   * Answers one request of TensorFlow Serving's REST API. What the model server refuses is an answer like any other.
   * Throws ServiceError for what happens on the way: `deadline-exceeded`, `upstream-unreachable`, `client-gone`.
   */
  answer(request: ApiRequest, limits: CallLimits): Promise<ApiAnswer>;
  /** Undefined when the model server answers, else the reason why not. */
  whyNotReady(): Promise<string | undefined>;
  close(): Promise<void>;
}

export type UpstreamKind = 'grpc' | 'rest';

/** A request as it came in, undecoded. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface CallLimits {
  /** When the answer is no use any more, in milliseconds since the epoch. */
  readonly deadlineAtMs: number;
  /** Aborted at the deadline, or when the client is gone; its reason is the ServiceError to throw. */
  readonly signal: AbortSignal;
}

export interface ApiAnswer {
  readonly httpStatus: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array;
  /** Milliseconds, see Server-Timing. */
  readonly timing: Omit<ServerTiming, 'inference'>;
  /** The version that answered, when the upstream says so. */
  readonly modelVersion?: string | undefined;
}
