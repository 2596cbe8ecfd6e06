import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Sends ready JSON text. Not res.json(): that would parse types, set a charset and hash an ETag on the hot path. */
export function sendJson(
  response: ServerResponse,
  httpStatus: number,
  body: string | Uint8Array,
  headers?: OutgoingHttpHeaders,
): void {
  response.writeHead(httpStatus, {
    'content-type': 'application/json',
    'content-length': typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength,
    ...headers,
  });
  response.end(body);
}

/** The body of every error: TensorFlow Serving's layout, four spaces and no newline at the end. */
export function errorBody(message: string): string {
  return JSON.stringify({ error: message }, null, 4);
}
