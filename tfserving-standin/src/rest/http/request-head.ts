import { parseRequestLine, type RequestLine } from './request-line.js';

/** The headers that decide anything here; the first of each name counts, as in libevent. */
export interface RequestHead extends RequestLine {
  readonly contentLength: string | undefined;
  readonly transferEncoding: string | undefined;
  readonly connection: string | undefined;
  readonly proxyConnection: string | undefined;
  readonly expect: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly origin: string | undefined;
  /** Whether a header line is none; the lines before it count nevertheless. */
  readonly malformed: boolean;
}

type HeaderName = Exclude<keyof RequestHead, keyof RequestLine | 'malformed'>;

const NAMES: ReadonlyMap<string, HeaderName> = new Map([
  ['content-length', 'contentLength'],
  ['transfer-encoding', 'transferEncoding'],
  ['connection', 'connection'],
  ['proxy-connection', 'proxyConnection'],
  ['expect', 'expect'],
  ['content-encoding', 'contentEncoding'],
  ['origin', 'origin'],
]);
/** Most headers are of no interest: their length tells, before any text is made of the name. */
const LENGTHS = new Set([...NAMES.keys()].map(({ length }) => length));

const SPACE_AROUND = /^[ \t]+|[ \t]+$/g;
/** libevent leaves tabs in front of a value. */
const SPACE_AROUND_VALUE = /^ +|[ \t]+$/g;

/** Reads request line and headers (latin1, without the empty line); undefined when the request line is malformed. */
export function parseRequestHead(text: string): RequestHead | undefined {
  const firstEnd = lineEnd(text, 0);
  const requestLine = parseRequestLine(lineAt(text, 0, firstEnd));
  if (requestLine === undefined) return undefined;
  const head: { -readonly [Key in keyof RequestHead]: RequestHead[Key] } = {
    method: requestLine.method,
    path: requestLine.path,
    target: requestLine.target,
    validTarget: requestLine.validTarget,
    proxied: requestLine.proxied,
    major: requestLine.major,
    minor: requestLine.minor,
    contentLength: undefined,
    transferEncoding: undefined,
    connection: undefined,
    proxyConnection: undefined,
    expect: undefined,
    contentEncoding: undefined,
    origin: undefined,
    malformed: false,
  };
  let last: HeaderName | undefined;
  for (let start = firstEnd + 1; start < text.length;) {
    const end = lineEnd(text, start);
    const char = text.charCodeAt(start);
    if (char === 0x20 || char === 0x09) {
      // A folded header goes on here.
      if (start === firstEnd + 1) return { ...head, malformed: true };
      if (last !== undefined) head[last] = `${head[last] ?? ''} ${lineAt(text, start, end).replace(SPACE_AROUND, '')}`;
    } else {
      const colon = text.indexOf(':', start);
      if (colon < 0 || colon > end || hasLoneReturn(text, start, colon, end)) return { ...head, malformed: true };
      const name = LENGTHS.has(colon - start) ? NAMES.get(text.slice(start, colon).toLowerCase()) : undefined;
      last = name === undefined || head[name] !== undefined ? undefined : name;
      if (last !== undefined) head[last] = lineAt(text, colon + 1, end).replace(SPACE_AROUND_VALUE, '');
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

/** Whether a carriage return stands in a name, or in a value without white space behind it. */
function hasLoneReturn(text: string, start: number, colon: number, end: number): boolean {
  const first = text.indexOf('\r', start);
  if (first < 0 || first >= end - 1) return false;
  return first < colon || /\r(?![\r \t])/.test(lineAt(text, colon, end));
}

/** Whether the connection stays open behind the answer to this request. */
export function keepsAlive(head: Pick<RequestHead, 'proxied' | 'major' | 'minor' | 'connection'>): boolean {
  if (head.proxied || isClose(head.connection)) return false;
  return isHttp11(head) || asksKeepAlive(head.connection);
}

/** Whether the client asks for the connection to be closed, in the header that decides about it. */
export function asksClose(head: Pick<RequestHead, 'proxied' | 'connection' | 'proxyConnection'>): boolean {
  return head.proxied ? head.proxyConnection?.toLowerCase() !== 'keep-alive' : isClose(head.connection);
}

export function asksKeepAlive(connection: string | undefined): boolean {
  return connection?.slice(0, 10).toLowerCase() === 'keep-alive';
}

/** At least HTTP/1.1. */
export function isHttp11({ major, minor }: Pick<RequestHead, 'major' | 'minor'>): boolean {
  return major === 1 && minor >= 1;
}

function isClose(connection: string | undefined): boolean {
  return connection?.toLowerCase() === 'close';
}
