/** What a handler knows of its call beside the request. */
export interface CallContext {
  /** Milliseconds left until the client's deadline, rounded up; 0 when it set none or when it has passed already. */
  timeoutMs(): number;
}

/** Answers one serialized request with one serialized response. Throws StatusError, TensorFlowError or MalformedMessage. */
export type UnaryHandler = (request: Buffer, call: CallContext) => Promise<Buffer>;

/**
 * Answers serialized messages as they come, for as long as the call lasts. `over` aborts when the client is gone or its
 * deadline has passed.
 */
export type StreamingHandler = (requests: AsyncIterable<Buffer>, over: AbortSignal) => AsyncIterable<Buffer>;

export type Method = (
  | { readonly kind: 'unary'; readonly handler: UnaryHandler }
  | { readonly kind: 'streaming'; readonly handler: StreamingHandler }
) & {
  /** Whether a running call takes one of --grpc_max_threads; gRPC's own health service does not. */
  readonly takesThread: boolean;
  /** Whether its messages may be as large as any request; those of the others have 4 MiB at most. */
  readonly isLarge: boolean;
};

/** By path, e.g. `/tensorflow.serving.PredictionService/Predict`. */
export type Methods = ReadonlyMap<string, Method>;

/** TensorFlow Serving sets gRPC's limit to this, whatever --grpc_channel_arguments says. */
const LARGEST_MESSAGE_BYTES = 2147483647;
const SMALL_MESSAGE_BYTES = 4 * 2 ** 20;

/** Bytes of one message to a method, where `requestBytes` are the most for any. */
export function messageLimitBytes({ isLarge }: Method, requestBytes: number): number {
  return Math.min(requestBytes, isLarge ? LARGEST_MESSAGE_BYTES : SMALL_MESSAGE_BYTES);
}
