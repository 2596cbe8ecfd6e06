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

type Name = 'contentLength' | 'transferEncoding' | 'connection' | 'expect' | 'contentEncoding' | 'origin';

const NAMES: ReadonlyMap<string, Name> = new Map([
  ['content-length', 'contentLength'],
  ['transfer-encoding', 'transferEncoding'],
  ['connection', 'connection'],
  ['expect', 'expect'],
  ['content-encoding', 'contentEncoding'],
  ['origin', 'origin'],
]);
const LONGEST_NAME = 17;

/** Reads request line and headers (latin1, without the empty line); undefined when they are malformed. */
export function parseRequestHead(text: string): RequestHead | undefined {
  const lines = text.split('\n');
  const requestLine = parseRequestLine(withoutReturn(lines[0] ?? ''));
  if (requestLine === undefined) return undefined;
  const found: Partial<Record<Name, string>> = {};
  let last: Name | undefined;
  for (let index = 1; index < lines.length; index++) {
    const line = withoutReturn(lines[index] ?? '');
    if (line.startsWith(' ') || line.startsWith('\t')) {
      // A folded header goes on here.
      if (index === 1) return undefined;
      if (last !== undefined) found[last] = `${found[last] ?? ''} ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 0) return undefined;
    const name = colon > LONGEST_NAME ? undefined : NAMES.get(line.slice(0, colon).toLowerCase());
    last = name === undefined || found[name] !== undefined ? undefined : name;
    if (last !== undefined) found[last] = line.slice(colon + 1).trim();
  }
  return {
    ...requestLine,
    contentLength: found.contentLength,
    transferEncoding: found.transferEncoding,
    connection: found.connection,
    expect: found.expect,
    contentEncoding: found.contentEncoding,
    origin: found.origin,
  };
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** Whether the connection stays open behind the answer to this request. */
export function keepsAlive({ minor, connection }: Pick<RequestHead, 'minor' | 'connection'>): boolean {
  if (connection?.toLowerCase() === 'close') return false;
  return minor >= 1 || asksKeepAlive(connection);
}

export function asksKeepAlive(connection: string | undefined): boolean {
  return connection?.slice(0, 10).toLowerCase() === 'keep-alive';
}
