import type { DecodedBlock, Field } from '@serving-study/http2';

/** The headers that began a stream. */
export class RequestHeaders {
  /** Of all of them, as HPACK counts; those beyond the connection's limit are counted and not kept. */
  readonly sizeBytes: number;
  /** Length of the longest value. */
  readonly longestValue: number;
  readonly #fields: readonly Field[];

  constructor({ fields, sizeBytes, longestValue }: DecodedBlock) {
    this.#fields = fields;
    this.sizeBytes = sizeBytes;
    this.longestValue = longestValue;
  }

  /** A header's value; those of one name are joined with commas (RFC 9110, 5.3). */
  get(name: string): string | undefined {
    let found: string | undefined;
    for (const field of this.#fields)
      if (field.name === name) found = found === undefined ? field.value : `${found}, ${field.value}`;
    return found;
  }
}

/** Pseudo-headers of requests (RFC 9113, 8.3.1). */
const PSEUDO = [':method', ':scheme', ':path', ':authority'];
/** What means something in HTTP/1 only (8.2.2). */
const OF_A_CONNECTION = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);
/** Tokens (RFC 9110, 5.6.2) without capitals. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const BAD_VALUE = /[\0\r\n]/;

/**
 * Whether these can begin a request (RFC 9113, 8.2 and 8.3); a stream that begins otherwise is to be reset. Spaces around a
 * value are taken, as gRPC takes them, and what is missing gRPC has its own words for.
 */
export function areWellFormed(fields: readonly Field[]): boolean {
  const seen = new Set<string>();
  let inPseudo = true;
  for (const { name, value } of fields) {
    if (BAD_VALUE.test(value)) return false;
    if (name.startsWith(':')) {
      if (!inPseudo || seen.has(name) || !PSEUDO.includes(name)) return false;
      seen.add(name);
    } else {
      inPseudo = false;
      if (!NAME.test(name) || OF_A_CONNECTION.has(name)) return false;
    }
  }
  return true;
}
