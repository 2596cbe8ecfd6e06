import { reasonPhrase, type Answer } from './answer.js';
import { httpDate } from './http-date.js';
import { asksClose, asksKeepAlive, isHttp11, type RequestHead } from './request-head.js';

/** What of a request shapes the framing of its answer; a request that could not be read counts as HTTP/1.1. */
export type AnsweredRequest = Pick<
  RequestHead,
  'method' | 'major' | 'minor' | 'proxied' | 'connection' | 'proxyConnection'
>;

const LARGEST_COPIED_BODY = 64 * 1024;

/**
 * An answer as libevent 2.1.12 frames it: Date and Content-Length behind the API's headers, neither for
 * HTTP/1.0 that does not ask to keep the connection, and no Content-Length for HEAD and CONNECT although the body is sent.
 * One buffer where copying is cheaper than a second write.
 */
export function responseBytes(request: AnsweredRequest, { status, headers, body }: Answer): readonly Uint8Array[] {
  const isPage = headers.includes('\r\nConnection: close');
  const version = isPage && (request.major === 0 || request.minor === 0) ? { major: 1, minor: 1 } : request;
  const hasDate = isHttp11(version);
  const keepAlive = version.major === 1 && asksKeepAlive(request.connection);
  const hasBody = request.method !== 'HEAD' && request.method !== 'CONNECT';
  let head = `HTTP/${version.major}.${version.minor} ${status} ${reasonPhrase(status)}\r\n${headers}`;
  if (hasDate) head += `Date: ${httpDate()}\r\n`;
  else if (keepAlive) head += 'Connection: keep-alive\r\n';
  if (hasBody && (hasDate || keepAlive)) head += `Content-Length: ${body.length}\r\n`;
  if (hasBody && !headers.includes('Content-Type: ')) head += 'Content-Type: text/html; charset=ISO-8859-1\r\n';
  if (asksClose(request)) {
    head = head.replace(/\r\nConnection: [^\r]*\r\n/, '\r\n');
    if (!request.proxied) head += 'Connection: close\r\n';
  }
  head += '\r\n';
  if (body.length > LARGEST_COPIED_BODY) return [Buffer.from(head, 'latin1'), body];
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, 0, 'latin1');
  bytes.set(body, head.length);
  return [bytes];
}
