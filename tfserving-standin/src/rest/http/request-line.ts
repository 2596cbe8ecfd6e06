export interface RequestLine {
  /** As sent; unknown methods pass here and are refused when the request is complete. */
  readonly method: string;
  readonly path: string;
  /** The path with query and fragment: what TensorFlow Serving matches its routes against, never percent-decoded. */
  readonly target: string;
  /** Minor version of HTTP/1. */
  readonly minor: number;
}

const VERSION = /^HTTP\/(\d+)\.(\d+)$/;
const ORIGIN = /^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/i;
/** RFC 3986 without leniency, as libevent: one raw space, `|` or lone `%` makes the request a bad one. */
const URI =
  /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*(?:\?(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*)?(?:#(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*)?$/;

/** Reads `POST /v1/models/m:predict HTTP/1.1`; undefined for what libevent answers with its 400 page. */
export function parseRequestLine(line: string): RequestLine | undefined {
  const afterMethod = line.indexOf(' ');
  const beforeVersion = line.lastIndexOf(' ');
  if (afterMethod < 0 || beforeVersion <= afterMethod + 1) return undefined;
  const version = VERSION.exec(line.slice(beforeVersion + 1));
  if (version === null || Number(version[1]) > 1) return undefined;
  const method = line.slice(0, afterMethod);
  const uri = line.slice(afterMethod + 1, beforeVersion);
  const target = method === 'CONNECT' ? uri : originForm(uri);
  if (target === undefined) return undefined;
  const pathEnd = target.search(/[?#]/);
  return {
    method,
    path: pathEnd < 0 ? target : target.slice(0, pathEnd),
    target,
    minor: version[1] === '0' ? 0 : Number(version[2]),
  };
}

function originForm(uri: string): string | undefined {
  const origin = ORIGIN.exec(uri);
  const target = origin === null ? uri : uri.slice(origin[0].length);
  return URI.test(target) ? target : undefined;
}
