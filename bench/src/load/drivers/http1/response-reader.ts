import { readChunked, type ChunkedProgress } from './chunked.js';

/** One whole HTTP/1.1 response. */
export interface Http1Response {
  readonly status: number;
  /** By lower-case name; of a repeated header the last value. */
  readonly headers: ReadonlyMap<string, string>;
  /** Valid until the reader is given more bytes: copy it to keep it. */
  readonly body: Buffer;
  /** Whether the connection may carry another request. */
  readonly keepAlive: boolean;
}

/** Reads the responses of one connection, one after another, from bytes that come in any pieces (RFC 9112). */
export interface ResponseReader {
  /** The response that these bytes complete, if they do. @throws Error for bytes that are no HTTP/1.1. */
  push(bytes: Buffer): Http1Response | undefined;
  /** The connection has ended: completes a response that only the end delimits. */
  end(): Http1Response | undefined;
}

const END_OF_HEAD = '\r\n\r\n';
const LONGEST_HEAD_BYTES = 64 * 1024;
const EMPTY = Buffer.alloc(0);

interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly keepAlive: boolean;
}
/** How the length of the body is known, and what has come of it. */
type Body =
  | { readonly kind: 'length'; readonly bytes: Buffer; filled: number }
  | { readonly kind: 'chunked'; progress: ChunkedProgress }
  | { readonly kind: 'until-end'; readonly pieces: Buffer[] };

export function createResponseReader(): ResponseReader {
  let held = EMPTY;
  let head: Head | undefined;
  let body: Body | undefined;

  function finish(bytes: Buffer): Http1Response | undefined {
    const finished = head;
    head = undefined;
    body = undefined;
    held = EMPTY;
    return finished === undefined ? undefined : { ...finished, body: bytes };
  }

  function pushHead(bytes: Buffer): Http1Response | undefined {
    const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    const end = all.indexOf(END_OF_HEAD);
    if (end === -1) {
      if (all.length > LONGEST_HEAD_BYTES) throw new Error('the head of the response does not end');
      held = Buffer.from(all);
      return undefined;
    }
    held = EMPTY;
    const parsed = parseHead(all.toString('latin1', 0, end));
    const rest = all.subarray(end + END_OF_HEAD.length);
    // 1xx responses come before the one that answers.
    if (parsed.status < 200) return rest.length === 0 ? undefined : pushHead(rest);
    head = parsed;
    return startBody(parsed, rest);
  }

  function startBody({ status, headers }: Head, rest: Buffer): Http1Response | undefined {
    if (headers.get('transfer-encoding')?.toLowerCase().endsWith('chunked') === true) {
      body = { kind: 'chunked', progress: { pieces: [], undecoded: EMPTY } };
      return pushBody(body, rest);
    }
    const told = status === 204 || status === 304 ? '0' : headers.get('content-length');
    if (told === undefined) {
      body = { kind: 'until-end', pieces: [] };
      return pushBody(body, rest);
    }
    if (!/^\d+$/.test(told)) throw new Error(`the response has the content-length ${told}`);
    const length = Number(told);
    // The usual case: the whole answer came in one piece, and nothing is copied.
    if (rest.length === length) return finish(rest);
    body = { kind: 'length', bytes: Buffer.allocUnsafe(length), filled: 0 };
    return pushBody(body, rest);
  }

  function pushBody(into: Body, bytes: Buffer): Http1Response | undefined {
    switch (into.kind) {
      case 'length':
        if (into.filled + bytes.length > into.bytes.length)
          throw new Error('the response is longer than its content-length');
        into.filled += bytes.copy(into.bytes, into.filled);
        return into.filled === into.bytes.length ? finish(into.bytes) : undefined;
      case 'chunked': {
        const progress = readChunked(into.progress, bytes);
        if (progress.kind === 'whole') return finish(progress.body);
        into.progress = progress;
        return undefined;
      }
      case 'until-end':
        into.pieces.push(Buffer.from(bytes));
        return undefined;
    }
  }

  return {
    push: (bytes) => (body === undefined ? pushHead(bytes) : pushBody(body, bytes)),
    end: () => (body?.kind === 'until-end' ? finish(Buffer.concat(body.pieces)) : undefined),
  };
}

function parseHead(text: string): Head {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const match = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(statusLine);
  if (match === null) throw new Error(`no HTTP/1.1 response begins with ${JSON.stringify(statusLine.slice(0, 80))}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const connection = headers.get('connection')?.toLowerCase() ?? '';
  const [, minor, status] = match;
  const framed = headers.has('content-length') || headers.has('transfer-encoding');
  return {
    status: Number(status),
    headers,
    keepAlive: framed && (minor === '1' ? !connection.includes('close') : connection.includes('keep-alive')),
  };
}
