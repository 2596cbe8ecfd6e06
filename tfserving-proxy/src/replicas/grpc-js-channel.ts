import { Client, Metadata, credentials, status, type ServiceError as GrpcError } from '@grpc/grpc-js';
import type { CancelSignal } from '../cancel-signal.js';
import type { ProxyConfig } from '../config.js';
import { GRACE_MS, KEEPALIVE_MS, type Channel } from './grpc-connection.js';
import { CallRefused } from '../upstream.js';
import { LOST, NOT_FOUND, REFUSES, Unanswered, type ReplicaAddress } from './replicas.js';

const NO_METADATA = new Metadata();

/** A connection of grpc-js. */
export class GrpcJsChannel implements Channel {
  readonly #client: Client;

  constructor({ address, authority }: ReplicaAddress, config: ProxyConfig) {
    const scheme = address.startsWith('[') ? 'ipv6' : 'ipv4';
    this.#client = new Client(`${scheme}:${address}`, credentials.createInsecure(), {
      'grpc.default_authority': authority,
      'grpc.max_receive_message_length': config.STUDY_ANSWER_LIMIT_BYTES,
      'grpc.max_send_message_length': -1, // the limit of request bodies bounds it
      'grpc.keepalive_time_ms': KEEPALIVE_MS,
      'grpc.keepalive_timeout_ms': KEEPALIVE_MS / 2,
      // a restarted server is found within two seconds, not within grpc-js's two minutes
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1000,
      'grpc.enable_retries': 0,
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  attempt(path: string, request: Uint8Array, signal: CancelSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const options = { deadline: signal.deadlineAtMs + GRACE_MS };
      const bytes = request as Buffer;
      const call = this.#client.makeUnaryRequest(path, same, same, bytes, NO_METADATA, options, (error, value) => {
        signal.offAbort(cancel);
        if (error === null) resolve(value ?? Buffer.alloc(0));
        else reject(errorFrom(error));
      });
      const cancel = (): void => {
        call.cancel();
      };
      signal.onAbort(cancel);
    });
  }

  close(): void {
    this.#client.close();
  }
}

function same(bytes: Buffer): Buffer {
  return bytes;
}

function errorFrom({ code, details }: GrpcError): Error {
  const known = UNCONNECTED.find((each) => each.code === code && each.text.test(details));
  if (known === undefined) return new CallRefused(code, details);
  // grpc-js ends its text with a note that is empty more often than not
  return new Unanswered(known.reason, known.reason === LOST, new Error(details.replace(/ Resolution note: $/, '')));
}

/**
 * grpc-js's own codes and texts for a connection that ends under a call, or is not made. A server's own status has another
 * text; under INTERNAL, where a server's own faults are too, only what no server says counts.
 */
const UNCONNECTED: readonly { readonly code: status; readonly text: RegExp; readonly reason: string }[] = [
  {
    code: status.UNAVAILABLE,
    text: /^(?:Connection dropped|Stream refused by server|(?:Received )?RST_STREAM|.*(?:ECONNRESET|EPIPE|ETIMEDOUT))/,
    reason: LOST,
  },
  {
    code: status.INTERNAL,
    text: /^Failed to start HTTP\/2 stream|^Received RST_STREAM with code \d+ (?:\(Call ended|triggered by internal client)/,
    reason: LOST,
  },
  { code: status.UNAVAILABLE, text: /ECONNREFUSED/, reason: REFUSES },
  {
    code: status.UNAVAILABLE,
    text: /^No connection established|^Failed to connect/,
    reason: NOT_FOUND,
  },
];
