import { GatheredBytes } from '@serving-study/http2';
import { LONGEST_ANSWER_BYTES } from '../driver.js';
import { ChunkedBody } from './chunked.js';

/** What the head of a response says, as far as it matters here. */
interface Head {
  readonly status: number;
  /** Whether the connection may carry another request. */
  readonly keepAlive: boolean;
  /** In lower case; empty when there is none. */
  readonly contentEncoding: string;
  /** X-Model-Version; 0 when there is none. */
  readonly modelVersion: number;
  readonly serverTiming: string | undefined;
  /** Of the body in bytes, or what delimits it: its last chunk or the end of the connection. */
  readonly length: number | 'chunked' | 'until-end';
}

/** One whole HTTP/1.1 response. */
export interface Http1Response extends Head {
  /** Valid until the reader is given more bytes: copy it to keep it. */
  readonly body: Buffer;
}

const END_OF_HEAD = '\r\n\r\n';
/** Those of 1xx responses in front included: a server may send them without end. */
const LONGEST_HEAD_BYTES = 128 * 1024;
const EMPTY = Buffer.alloc(0);

/** A body that has not come whole yet. */
interface PartialBody {
  readonly chunks: ChunkedBody | undefined;
  readonly bytes: GatheredBytes;
  /** Chunk heads included. */
  receivedBytes: number;
}

/** Reads the responses of one connection, one after another, from bytes that come in any pieces (RFC 9112). */
export function createResponseReader() {
  let held = EMPTY;
  /** Length of the 1xx responses so far. */
  let interimBytes = 0;
  let head: Head | undefined;
  let body: PartialBody | undefined;

  function finish(bytes: Buffer): Http1Response | undefined {
    const finished = head;
    head = undefined;
    body = undefined;
    interimBytes = 0;
    return finished === undefined ? undefined : { ...finished, body: bytes };
  }

  function pushHead(bytes: Buffer): Http1Response | undefined {
    let rest = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    held = EMPTY;
    for (;;) {
      const end = rest.indexOf(END_OF_HEAD);
      if (interimBytes + (end === -1 ? rest.length : end) > LONGEST_HEAD_BYTES)
        throw new Error(`the head of the response is longer than ${LONGEST_HEAD_BYTES} bytes`);
      if (end === -1) {
        held = Buffer.from(rest);
        return undefined;
      }
      const parsed = parseHead(rest.toString('latin1', 0, end));
      rest = rest.subarray(end + END_OF_HEAD.length);
      // 1xx responses come before the one that answers.
      if (parsed.status < 200) {
        interimBytes += end + END_OF_HEAD.length;
        continue;
      }
      if (typeof parsed.length === 'number') checkLength(parsed.length);
      head = parsed;
      // The usual case: the whole answer came in one piece, and nothing is copied.
      if (rest.length === parsed.length) return finish(rest);
      const chunks = parsed.length === 'chunked' ? new ChunkedBody() : undefined;
      const known = typeof parsed.length === 'number' ? parsed.length : 0;
      body = { chunks, bytes: chunks?.body ?? new GatheredBytes(known), receivedBytes: 0 };
      return pushBody(body, parsed.length, rest);
    }
  }

  function pushBody(into: PartialBody, length: Head['length'] | undefined, bytes: Buffer): Http1Response | undefined {
    into.receivedBytes += bytes.length;
    checkLength(into.receivedBytes);
    if (into.chunks !== undefined) return into.chunks.push(bytes) ? finish(into.bytes.bytes) : undefined;
    if (typeof length === 'number' && into.receivedBytes > length)
      throw new Error('the response is longer than its content-length');
    into.bytes.append(bytes);
    return into.receivedBytes === length ? finish(into.bytes.bytes) : undefined;
  }

  return {
    /** The response that these bytes complete, if they do. @throws Error for bytes that are no HTTP/1.1. */
    push: (bytes: Buffer) => (body === undefined ? pushHead(bytes) : pushBody(body, head?.length, bytes)),
    /** The connection has ended: completes a response that only the end delimits. */
    end: () => (body !== undefined && head?.length === 'until-end' ? finish(body.bytes.bytes) : undefined),
  };
}

function checkLength(bytes: number): void {
  if (bytes > LONGEST_ANSWER_BYTES) throw new Error(`the response is longer than ${LONGEST_ANSWER_BYTES} bytes`);
}

/** @throws Error for what is no head of an HTTP/1.1 response, or none that tells where its body ends. */
function parseHead(text: string): Head {
  let lineEnd = endOfLine(text, 0);
  const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(text.slice(0, lineEnd)) ?? [];
  if (status === undefined)
    throw new Error(`no HTTP/1.1 response begins with ${JSON.stringify(text.slice(0, Math.min(lineEnd, 80)))}`);
  let contentLength: number | undefined;
  let isChunked = false;
  let [contentEncoding, connection, modelVersion]: [string, string, number] = ['', '', 0];
  let serverTiming: string | undefined;
  while (lineEnd < text.length) {
    const start = lineEnd + 2;
    lineEnd = endOfLine(text, start);
    const colon = text.indexOf(':', start);
    if (colon === -1 || colon >= lineEnd) continue;
    const value = text.slice(colon + 1, lineEnd).trim();
    switch (text.slice(start, colon).toLowerCase()) {
      case 'content-length':
        if (!/^\d+$/.test(value)) throw new Error(`the response has the content-length ${value}`);
        if (contentLength !== undefined && contentLength !== Number(value))
          throw new Error(`the response has the content-lengths ${contentLength} and ${value}`);
        contentLength = Number(value);
        break;
      case 'transfer-encoding':
        isChunked = value.toLowerCase().endsWith('chunked');
        break;
      case 'content-encoding':
        contentEncoding = value.toLowerCase();
        break;
      case 'connection':
        connection = value.toLowerCase();
        break;
      case 'x-model-version':
        modelVersion = Number(value) || 0;
        break;
      case 'server-timing':
        serverTiming = value;
        break;
    }
  }
  const isKept = minor === '1' ? !connection.includes('close') : connection.includes('keep-alive');
  const length = hasNoBody(status) ? 0 : isChunked ? 'chunked' : (contentLength ?? 'until-end');
  const keepAlive = length !== 'until-end' && isKept;
  return { status: Number(status), keepAlive, contentEncoding, modelVersion, serverTiming, length };
}

/** 1xx, 204 and 304 end with their head (RFC 9112, 6.3). */
function hasNoBody(status: string): boolean {
  return status.startsWith('1') || status === '204' || status === '304';
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\r\n', from);
  return end === -1 ? text.length : end;
}
