import { StatusError } from '../status-error.js';
import type { ChannelArguments } from './channel-arguments.js';

/** gRPC's hard limit where no channel argument sets another. */
const DEFAULT_LIMIT_BYTES = 16 * 1024;
/** The soft limit only makes gRPC refuse some of the calls above it, at random; the hard one is this much larger. */
const HARD_PER_SOFT = 1.25;
/** HPACK counts a header as its name, its value and this (RFC 7541, 4.1). */
const BYTES_BESIDE_TEXT = 32;

/** How large the headers of a call may be together: gRPC's hard limit (metadata_info.h). */
export function metadataLimitBytes(rules: ChannelArguments): number {
  const hard = rules['grpc.absolute_max_metadata_size'];
  const soft = rules['grpc.max_metadata_size'];
  return hard >= 0 ? hard : Math.max(DEFAULT_LIMIT_BYTES, Math.trunc(soft * HARD_PER_SOFT));
}

/**
 * Throws RESOURCE_EXHAUSTED, as gRPC's hpack_parse_result.cc words it, for headers that are larger together than its hard
 * limit. `rawHeaders` are names and values in turn.
 */
export function checkMetadataSize(rawHeaders: readonly string[], limitBytes: number): void {
  let size = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) size += sizeOf(rawHeaders, index);
  if (size > limitBytes) throw tooLarge(rawHeaders, size, limitBytes);
}

function tooLarge(rawHeaders: readonly string[], size: number, limitBytes: number): StatusError {
  const longest = Math.max(...rawHeaders.filter((_, index) => index % 2 === 1).map((value) => value.length));
  const what = longest > limitBytes ? `value length ${longest} vs. ${limitBytes}` : `${size} vs. ${limitBytes}`;
  return new StatusError('RESOURCE_EXHAUSTED', `received metadata size exceeds hard limit (${what})`);
}

function sizeOf(rawHeaders: readonly string[], index: number): number {
  return (rawHeaders[index]?.length ?? 0) + (rawHeaders[index + 1]?.length ?? 0) + BYTES_BESIDE_TEXT;
}
