/** What the API layer answers; the connection frames it. */
export interface Answer {
  readonly status: number;
  /** Header lines in order, each with its line end. */
  readonly headers: string;
  readonly body: Uint8Array;
}

/** libevent's phrases, which differ from the registered ones. */
const PHRASES: ReadonlyMap<number, string> = new Map([
  [200, 'OK'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [408, 'Request Timeout'],
  [409, 'Conflict'],
  [413, 'Request Entity Too Large'],
  [417, 'Expectation Failed'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Time-out'],
]);

export function reasonPhrase(status: number): string {
  return PHRASES.get(status) ?? (status < 500 ? 'Client Error' : 'Server Error');
}
