import { StatusError } from '../status-error.js';
import type { ChannelArguments } from './channel-arguments.js';
import type { RequestHeaders } from './http2/index.js';

/** gRPC's hard limit where no channel argument sets another. */
const DEFAULT_LIMIT_BYTES = 16 * 1024;
/** The soft limit only makes gRPC refuse some of the calls above it, at random; the hard one is this much larger. */
const HARD_PER_SOFT = 1.25;

/** How large the headers of a call may be together: gRPC's hard limit (metadata_info.h). */
export function metadataLimitBytes(rules: ChannelArguments): number {
  const hard = rules['grpc.absolute_max_metadata_size'];
  const soft = rules['grpc.max_metadata_size'];
  return hard >= 0 ? hard : Math.max(DEFAULT_LIMIT_BYTES, Math.trunc(soft * HARD_PER_SOFT));
}

/**
 * Throws RESOURCE_EXHAUSTED, as gRPC's hpack_parse_result.cc words it, for headers that are larger together than its hard
 * limit.
 */
export function checkMetadataSize({ sizeBytes, longestValue }: RequestHeaders, limitBytes: number): void {
  if (sizeBytes <= limitBytes) return;
  const what =
    longestValue > limitBytes ? `value length ${longestValue} vs. ${limitBytes}` : `${sizeBytes} vs. ${limitBytes}`;
  throw new StatusError('RESOURCE_EXHAUSTED', `received metadata size exceeds hard limit (${what})`);
}
