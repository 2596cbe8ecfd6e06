/** An answer other than success that the caller is meant to read: its text goes into the body as it is. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly httpStatus: number;

  constructor(httpStatus: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.httpStatus = httpStatus;
  }
}

/** No client reads this status: it has gone. */
export const CLIENT_GONE = 499;

// The errors that several modules answer with; TensorFlow Serving's texts, wherever it has the same situation.

export function malformedRequest(method: string, url: string): ServiceError {
  return new ServiceError(400, `Malformed request: ${method} ${url}`);
}

export function unreadableRequest(reason: string): ServiceError {
  return new ServiceError(400, `Malformed request: ${reason}`);
}

export function clientGone(): ServiceError {
  return new ServiceError(CLIENT_GONE, 'The client closed the connection before the answer');
}

export function upstreamUnreachable(reason: string, cause?: unknown): ServiceError {
  return new ServiceError(503, `The model server cannot be reached: ${reason}`, cause);
}
