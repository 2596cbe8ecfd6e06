import { isIPv6 } from 'node:net';

export interface RequestLine {
  /** As sent; unknown methods pass here and are refused when the request is complete. */
  readonly method: string;
  readonly path: string;
  /** The path with query and fragment: what TensorFlow Serving matches its routes against, never percent-decoded. */
  readonly target: string;
  /** False when the target has characters that RFC 3986 does not allow: refused when the request is complete. */
  readonly validTarget: boolean;
  /** Whether the URI is absolute, which libevent takes for a request to a proxy. */
  readonly proxied: boolean;
  /** 0 or 1. */
  readonly major: number;
  readonly minor: number;
}

const SHORTEST = 'GET / HTTP/1.0'.length;
const VERSION = /^HTTP\/(\d+)\.(\d+)$/;
const SCHEME_AND_AUTHORITY = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?/i;
const AUTHORITY =
  /^(?:(?:[a-z0-9\-._~!$&'()*+,;=:]|%[0-9a-f]{2})*@)?(\[[^\]]*\]|(?:[a-z0-9\-._~!$&'()*+,;=]|%[0-9a-f]{2})*)(?::(\d*))?$/i;
const FUTURE_ADDRESS = /^\[v[0-9a-f]+\.[a-z0-9\-._~!$&'()*+,;=:]*\]$/i;
/** RFC 3986 without leniency, as libevent: one raw space, `|` or lone `%` makes the request a bad one. */
const TARGET =
  /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*(?:\?(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*)?(?:#(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*)?$/;

/** Reads `POST /v1/models/m:predict HTTP/1.1`; undefined for what libevent refuses before it reads any header. */
export function parseRequestLine(text: string): RequestLine | undefined {
  const line = text.replace(/ +$/, '');
  if (line.length < SHORTEST) return undefined;
  const afterMethod = line.indexOf(' ');
  const beforeVersion = line.lastIndexOf(' ');
  if (afterMethod < 0 || beforeVersion <= afterMethod + 1) return undefined;
  const version = VERSION.exec(line.slice(beforeVersion + 1));
  if (version === null || Number(version[1]) > 1) return undefined;
  const method = line.slice(0, afterMethod);
  const uri = parseUri(method, line.slice(afterMethod + 1, beforeVersion));
  if (uri === undefined) return undefined;
  const { target, proxied } = uri;
  const pathEnd = target.search(/[?#]/);
  return {
    method,
    path: pathEnd < 0 ? target : target.slice(0, pathEnd),
    target,
    validTarget: TARGET.test(target),
    proxied,
    major: Number(version[1]),
    minor: Number(version[2]),
  };
}

function parseUri(method: string, uri: string): Pick<RequestLine, 'target' | 'proxied'> | undefined {
  if (method === 'CONNECT')
    return isAuthority(/^[^/?#]*/.exec(uri)?.[0] ?? '') ? { target: '', proxied: false } : undefined;
  const [start = '', scheme, authority] = SCHEME_AND_AUTHORITY.exec(uri) ?? [];
  const target = uri.slice(start.length);
  if (authority !== undefined && !isAuthority(authority)) return undefined;
  if (scheme === undefined && /^[^/]*:/.test(target)) return undefined;
  return { target, proxied: authority !== undefined && /^https?$/i.test(scheme ?? '') };
}

function isAuthority(text: string): boolean {
  const [whole, host = '', port = ''] = AUTHORITY.exec(text) ?? [];
  if (whole === undefined || Number(port) > 65535) return false;
  return !host.startsWith('[') || isIPv6(host.slice(1, -1)) || FUTURE_ADDRESS.test(host);
}
