import type { Target } from '../../trial-spec.js';

/**
 * The bytes of a POST as they go on the wire, head and body in one piece: built once for each input, before the run.
 * @throws Error for a path that would break out of its line.
 */
export function encodeRequest({ address, path }: Target, body: Buffer): Buffer {
  if (/[\r\n]/.test(path)) throw new Error(`a line break inside the request's path: ${JSON.stringify(path)}`);
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: ${address}`,
    'connection: keep-alive',
    'content-type: application/json',
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
