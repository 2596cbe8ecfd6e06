import type { Target } from '../../trial-spec.js';

/**
 * The bytes of a POST as they go on the wire, head and body in one piece: built once for each input, before the run.
 * @throws Error for a header that would break out of its line.
 */
export function encodeRequest(target: Extract<Target, { kind: 'rest' }>, body: Buffer): Buffer {
  const headers: Record<string, string> = {
    host: new URL(target.origin).host,
    connection: 'keep-alive',
    'content-type': 'application/json',
    'content-length': String(body.length),
    ...target.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const bad = [target.path, ...lines].find((line) => /[\r\n]/.test(line));
  if (bad !== undefined) throw new Error(`a line break inside the request's head: ${JSON.stringify(bad)}`);
  return Buffer.concat([Buffer.from(`POST ${target.path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
