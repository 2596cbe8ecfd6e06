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
const KNOWN_METHODS: readonly unknown[] = ['POST', 'GET', 'PUT'];
const KNOWN_SCHEMES: readonly unknown[] = ['http', 'https'];

/**
 * Reads the headers as gRPC's C++ core 1.51 does, with which the recordings were made: methods and schemes that
 * metadata_batch.cc cannot parse are INTERNAL, what http_server_filter.cc refuses is UNKNOWN, both before the method is looked
 * up; a timeout or an encoding that it cannot parse is as good as none, and any content-type will do. HTTP/2 itself
 * has refused calls without path or scheme and every `te` but `trailers`. Throws StatusError.
 */
export function readCallHeaders(headers: RequestHeaders): CallHeaders {
  if (!KNOWN_METHODS.includes(headers.get(':method'))) throw unparsable(':method');
  if (!KNOWN_SCHEMES.includes(headers.get(':scheme'))) throw unparsable(':scheme');
  if (headers.get(':method') !== 'POST') throw new StatusError('UNKNOWN', 'Bad method header');
  if (headers.get('te') === undefined) throw new StatusError('UNKNOWN', 'Missing :te header');
  const timeout = headers.get('grpc-timeout');
  const encoding = headers.get('grpc-encoding') ?? '';
  return {
    encoding: ACCEPTED_ENCODINGS.includes(encoding) ? encoding : 'identity',
    timeoutMs: timeout === undefined ? undefined : timeoutHeaderMs(timeout),
  };
}

function unparsable(header: string): StatusError {
  return new StatusError('INTERNAL', `Error parsing '${header}' metadata`);
}
