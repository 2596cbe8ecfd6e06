import { reasonPhrase, type Answer } from './answer.js';
import { httpDate } from './http-date.js';
import { asksKeepAlive, type RequestHead } from './request-head.js';

/** What of a request shapes the framing of its answer; a request that could not be read counts as HTTP/1.1. */
export type AnsweredRequest = Pick<RequestHead, 'method' | 'minor' | 'connection'>;

const LARGEST_COPIED_BODY = 64 * 1024;

/**
 * An answer as libevent 2.1.12 frames it: Date and Content-Length behind the API's headers, neither for
 * HTTP/1.0 that does not ask to keep the connection, and no Content-Length for HEAD although the body is sent.
 * One buffer where copying is cheaper than a second write.
 */
export function responseBytes(request: AnsweredRequest, { status, headers, body }: Answer): readonly Uint8Array[] {
  const isPage = headers.includes('\r\nConnection: close');
  const minor = isPage && request.minor === 0 ? 1 : request.minor;
  const keepAlive = asksKeepAlive(request.connection);
  const hasBody = request.method !== 'HEAD';
  let head = `HTTP/1.${minor} ${status} ${reasonPhrase(status)}\r\n${headers}`;
  if (minor >= 1) head += `Date: ${httpDate()}\r\n`;
  else if (keepAlive) head += 'Connection: keep-alive\r\n';
  if (hasBody && (minor >= 1 || keepAlive)) head += `Content-Length: ${body.length}\r\n`;
  if (hasBody && !headers.includes('Content-Type: ')) head += 'Content-Type: text/html; charset=ISO-8859-1\r\n';
  if (request.connection?.toLowerCase() === 'close')
    head = `${head.replace('\r\nConnection: close\r\n', '\r\n')}Connection: close\r\n`;
  head += '\r\n';
  if (body.length > LARGEST_COPIED_BODY) return [Buffer.from(head, 'latin1'), body];
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, 0, 'latin1');
  bytes.set(body, head.length);
  return [bytes];
}
