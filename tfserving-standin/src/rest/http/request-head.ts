import { parseRequestLine, type RequestLine } from './request-line.js';

/** The headers that decide anything here; the first of each name counts, as in libevent. */
export interface RequestHead extends RequestLine {
  readonly contentLength: string | undefined;
  readonly transferEncoding: string | undefined;
  readonly connection: string | undefined;
  readonly expect: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly origin: string | undefined;
}

type HeaderName = Exclude<keyof RequestHead, keyof RequestLine>;

const NAMES: ReadonlyMap<string, HeaderName> = new Map([
  ['content-length', 'contentLength'],
  ['transfer-encoding', 'transferEncoding'],
  ['connection', 'connection'],
  ['expect', 'expect'],
  ['content-encoding', 'contentEncoding'],
  ['origin', 'origin'],
]);
/** Most headers are of no interest: their length tells, before any text is made of the name. */
const LENGTHS = new Set([...NAMES.keys()].map(({ length }) => length));

/** Reads request line and headers (latin1, without the empty line); undefined when they are malformed. */
export function parseRequestHead(text: string): RequestHead | undefined {
  const firstEnd = lineEnd(text, 0);
  const requestLine = parseRequestLine(lineAt(text, 0, firstEnd));
  if (requestLine === undefined) return undefined;
  const head: { -readonly [Key in keyof RequestHead]: RequestHead[Key] } = {
    method: requestLine.method,
    path: requestLine.path,
    target: requestLine.target,
    minor: requestLine.minor,
    contentLength: undefined,
    transferEncoding: undefined,
    connection: undefined,
    expect: undefined,
    contentEncoding: undefined,
    origin: undefined,
  };
  let last: HeaderName | undefined;
  for (let start = firstEnd + 1; start < text.length;) {
    const end = lineEnd(text, start);
    const char = text.charCodeAt(start);
    if (char === 0x20 || char === 0x09) {
      // A folded header goes on here.
      if (start === firstEnd + 1) return undefined;
      if (last !== undefined) head[last] = `${head[last] ?? ''} ${text.slice(start, end)}`.trim();
    } else {
      const colon = text.indexOf(':', start);
      if (colon < 0 || colon > end) return undefined;
      const name = LENGTHS.has(colon - start) ? NAMES.get(text.slice(start, colon).toLowerCase()) : undefined;
      last = name === undefined || head[name] !== undefined ? undefined : name;
      if (last !== undefined) head[last] = text.slice(colon + 1, end).trim();
    }
    start = end + 1;
  }
  return head;
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

/** Without its line end, be it LF or CR LF. */
function lineAt(text: string, start: number, end: number): string {
  return text.slice(start, text.charCodeAt(end - 1) === 0x0d && end > start ? end - 1 : end);
}

/** Whether the connection stays open behind the answer to this request. */
export function keepsAlive({ minor, connection }: Pick<RequestHead, 'minor' | 'connection'>): boolean {
  if (connection?.toLowerCase() === 'close') return false;
  return minor >= 1 || asksKeepAlive(connection);
}

export function asksKeepAlive(connection: string | undefined): boolean {
  return connection?.slice(0, 10).toLowerCase() === 'keep-alive';
}
