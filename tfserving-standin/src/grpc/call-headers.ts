import { StatusError } from '../status-error.js';
import type { RequestHeaders } from './http2/index.js';
import { ACCEPTED_ENCODINGS } from './message-assembler.js';
import { timeoutHeaderMs } from './timeout-header.js';

/** What the headers of a call say beside its method. */
export interface CallHeaders {
  /** Value of grpc-encoding, one of ACCEPTED_ENCODINGS. */
  readonly encoding: string;
  /** Milliseconds from the arrival to the client's deadline; undefined when it set none. */
  readonly timeoutMs: number | undefined;
}

/** Methods that gRPC's parser knows; only POST is served. */
const KNOWN_METHODS: readonly string[] = ['POST', 'GET', 'PUT'];
const KNOWN_SCHEMES: readonly string[] = ['http', 'https'];

/**
 * Reads the headers as gRPC's C++ core 1.51 does, with which the recordings were made: methods and schemes that
 * metadata_batch.cc cannot parse are INTERNAL, what http_server_filter.cc refuses is UNKNOWN, both before the method is looked
 * up; a timeout or an encoding that it cannot parse is as good as none, and any content-type will do. Throws StatusError.
 */
export function readCallHeaders(headers: RequestHeaders): CallHeaders {
  const [method, scheme, te] = [headers.get(':method'), headers.get(':scheme'), headers.get('te')];
  if (method !== undefined && !KNOWN_METHODS.includes(method)) throw unparsable(':method');
  if (scheme !== undefined && !KNOWN_SCHEMES.includes(scheme)) throw unparsable(':scheme');
  if (method === undefined) throw missing(':method');
  if (method !== 'POST') throw new StatusError('UNKNOWN', 'Bad method header');
  if (te === undefined) throw missing(':te');
  if (te !== 'trailers') throw new StatusError('UNKNOWN', 'Bad :te header');
  if (scheme === undefined) throw missing(':scheme');
  if (headers.get(':path') === undefined) throw missing(':path');
  if ((headers.get(':authority') ?? headers.get('host')) === undefined) throw missing(':authority');
  const timeout = headers.get('grpc-timeout');
  const encoding = headers.get('grpc-encoding') ?? '';
  return {
    encoding: ACCEPTED_ENCODINGS.includes(encoding) ? encoding : 'identity',
    timeoutMs: timeout === undefined ? undefined : timeoutHeaderMs(timeout),
  };
}

function missing(header: string): StatusError {
  return new StatusError('UNKNOWN', `Missing ${header} header`);
}

function unparsable(header: string): StatusError {
  return new StatusError('INTERNAL', `Error parsing '${header}' metadata`);
}
