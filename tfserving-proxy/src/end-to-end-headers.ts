import type { IncomingHttpHeaders } from 'node:http';
import { HEADERS } from '@serving-study/serving-kit';

/** Headers that belong to one connection (RFC 9110, 7.6.1), and those that each side writes for itself. */
const HOP_BY_HOP = new Set<string>([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'content-length',
  HEADERS.upstream, // spoken to this proxy
]);

/** What is passed on of a message's headers: all but the hop-by-hop ones and those that Connection names. */
export function endToEndHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = connectionOptions(headers.connection);
  const kept: Record<string, string | string[]> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !HOP_BY_HOP.has(name) && !named.includes(name)) kept[name] = value;
  }
  return kept;
}

function connectionOptions(connection: string | string[] | undefined): readonly string[] {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return [];
  return String(connection)
    .split(',')
    .map((option) => option.trim().toLowerCase());
}
