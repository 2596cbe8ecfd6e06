import { StatusError } from '../status-error.js';

const INT32_MAX = 2147483647;

/**
 * The channel arguments that mean something to this server, with gRPC's own defaults but for the streams, which have no limit
 * there. 0 and INT_MAX switch a time off.
 */
const DEFAULTS = {
  'grpc.http2.min_recv_ping_interval_without_data_ms': 300_000,
  'grpc.http2.max_ping_strikes': 2,
  'grpc.keepalive_permit_without_calls': 0,
  'grpc.keepalive_time_ms': 7_200_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.max_connection_idle_ms': INT32_MAX,
  'grpc.max_connection_age_ms': INT32_MAX,
  'grpc.max_connection_age_grace_ms': INT32_MAX,
  'grpc.max_concurrent_streams': 1000,
  'grpc.server_handshake_timeout_ms': 120_000,
  // -1: what the other one says, see metadataLimitBytes
  'grpc.max_metadata_size': -1,
  'grpc.absolute_max_metadata_size': -1,
};

export type ChannelArguments = Readonly<typeof DEFAULTS>;

/**
 * Reads --grpc_channel_arguments, `name=value,name=value`. As in gRPC, names nobody knows mean nothing, and so does a
 * text where a number is due. Throws INVALID_ARGUMENT for an item without `=` (the real server crashes).
 */
export function channelArguments(text: string): ChannelArguments {
  const given: Record<string, number> = {};
  for (const item of text.split(',').filter((part) => part !== '')) {
    const [name = '', value] = item.split('=');
    if (value === undefined)
      throw new StatusError('INVALID_ARGUMENT', `--grpc_channel_arguments: "${item}" is not of the form name=value`);
    if (name in DEFAULTS && /^-?\d+$/.test(value)) given[name] = Number(value);
  }
  return { ...DEFAULTS, ...given };
}

/** Whether a time is to be waited for at all. */
export function isFinite(timeMs: number): boolean {
  return timeMs > 0 && timeMs < INT32_MAX;
}
