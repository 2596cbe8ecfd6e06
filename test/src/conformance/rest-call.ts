import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readHttpAnswer, type HttpAnswer } from './http-answer.js';
import type { RestRequest } from './recordings.js';

/** Time to wait for an answer when the recording does not say. */
const DEFAULT_TIMEOUT_MS = 20_000;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Sends one recorded request over a connection of its own. Undefined: no answer in time. Throws when nobody listens. */
export async function callRest(to: Endpoint, request: RestRequest): Promise<HttpAnswer | undefined> {
  const bytes = requestBytes(request);
  const socket = connect(to.port, to.host);
  await once(socket, 'connect');
  socket.setNoDelay(true);
  const answer = readHttpAnswer(socket, request.method === 'HEAD', request.timeout_ms ?? DEFAULT_TIMEOUT_MS);
  if (request.delay_before_body_ms === undefined) socket.write(bytes);
  else {
    const body = bytes.indexOf('\r\n\r\n') + 4;
    socket.write(bytes.subarray(0, body));
    await sleep(request.delay_before_body_ms);
    if (!socket.destroyed) socket.write(bytes.subarray(body));
  }
  return answer;
}

/** A recorded request as it went over the wire. */
export function requestBytes(request: RestRequest): Buffer {
  if (request.raw !== undefined) return Buffer.from(request.raw);
  if (request.raw_base64 !== undefined) return Buffer.from(request.raw_base64, 'base64');
  const body = bodyBytes(request);
  const headers: (readonly [string, string])[] = [['Host', 'localhost'], ...request.headers];
  if (body !== undefined) headers.push(['Content-Length', String(body.length)]);
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = Buffer.from(`${request.method ?? 'GET'} ${request.path ?? '/'} HTTP/1.1\r\n${lines}\r\n`);
  return body === undefined ? head : Buffer.concat([head, body]);
}

function bodyBytes(request: RestRequest): Buffer | undefined {
  if (request.body_base64 !== undefined) return Buffer.from(request.body_base64, 'base64');
  return request.body === undefined ? undefined : Buffer.from(request.body);
}
