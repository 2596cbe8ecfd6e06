import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Node copies a text twice more on its way to the socket than bytes; short ones leave with their head in one piece. */
const LONG = 64 * 1024;

/** Sends ready JSON text. Not res.json(): that would parse types, set a charset and hash an ETag on the hot path. */
export function sendJson(
  response: ServerResponse,
  httpStatus: number,
  text: string | Uint8Array,
  headers?: OutgoingHttpHeaders,
): void {
  const body = typeof text === 'string' && text.length > LONG ? Buffer.from(text) : text;
  response.writeHead(httpStatus, {
    'content-type': 'application/json',
    'content-length': typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength,
    ...headers,
  });
  response.end(body);
}

/** Messages quote names of requests, which may be as long as a body. */
const LONGEST_MESSAGE = 16 * 1024;

/** The body of every error: TensorFlow Serving's layout, four spaces and no newline at the end. */
export function errorBody(message: string): string {
  return JSON.stringify({ error: message.slice(0, LONGEST_MESSAGE) }, null, 4);
}
