import type { GoldenOutput } from '../requests/index.js';

/** Where requests go. */
export interface Target {
  readonly kind: 'rest' | 'grpc';
  /** `host:port`, without TLS. */
  readonly address: string;
  /** `/v1/models/m:predict`; of gRPC the method: `/tensorflow.serving.PredictionService/Predict`. */
  readonly path: string;
}

/** The prediction of one model version for one input. */
export interface ExpectedAnswer {
  readonly version: number;
  readonly outputs: readonly GoldenOutput[];
}

/** One input, ready to be sent: built before the run, so that both contestants get the same bytes (method rule 2). */
export interface PreparedRequest {
  /** REST: the JSON. gRPC: the encoded PredictRequest. */
  readonly body: Uint8Array;
  /** Every answer is checked against these (method rule 13); several when several versions may rightly answer. */
  readonly expected: readonly ExpectedAnswer[];
}

/** How load is offered (method rule 1). */
export type OfferedLoad =
  | { readonly kind: 'closed'; readonly concurrency: number }
  /** Intended instants in ns from the start of the window, ascending: `scheduleArrivals` makes them (method rule 2). */
  | { readonly kind: 'open'; readonly schedule: Float64Array };

/** One trial: everything the generator needs, decided before it starts. */
export interface TrialSpec {
  readonly trial: string;
  readonly cell: string;
  readonly contestant: string;
  readonly target: Target;
  readonly requests: readonly PreparedRequest[];
  readonly load: OfferedLoad;
  /** The request each arrival carries: indexes into `requests`, from the start again when they run out. */
  readonly order: Uint32Array;
  /** Load before the window, of the same kind; none of it is in the samples (method rule 6). */
  readonly warmupMs: number;
  /** Length of the window. Requests intended inside it are the samples; it ends when the last of them has. */
  readonly durationMs: number;
  /** A request without a whole answer this long after its intended instant is given up: outcome `timeout`. */
  readonly timeoutMs: number;
  /** Absolute path of a file that does not exist yet. */
  readonly samplesFile: string;
  /**
   * REST: connections at most; a request beyond waits for one, and the wait is in its response time. Default: the concurrency
   * of a closed loop, 256 of an open one. gRPC has one: HTTP/2 carries many calls.
   */
  readonly connections?: number;
  /** Leaves them open for the next trial of the cell, until the generator's `closeConnections`. Default false. */
  readonly keepsConnections?: boolean;
  /** Requests under way or waiting at most; one beyond is a `never-sent` sample (method rule 4). Default 20 000. */
  readonly maxOutstanding?: number;
}
