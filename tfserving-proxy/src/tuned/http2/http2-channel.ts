import type { CancelSignal } from '../../cancel-signal.js';
import type { ProxyConfig } from '../../config.js';
import type { Channel } from '../../replicas/grpc-connection.js';
import { NOT_FOUND, REFUSES, Unanswered, type ReplicaAddress } from '../../replicas/replicas.js';
import { Http2Connection } from './http2-connection.js';

/** gRPC without grpc-js, whose streams are three quarters of a call's cost. */
export class Http2Channel implements Channel {
  readonly #address: ReplicaAddress;
  readonly #config: ProxyConfig;
  #connection: Promise<Http2Connection> | undefined;

  constructor(address: ReplicaAddress, config: ProxyConfig) {
    this.#address = address;
    this.#config = config;
  }

  async attempt(path: string, request: Uint8Array, signal: CancelSignal): Promise<Uint8Array> {
    const connection = await signal.until(this.#connect());
    return await connection.call(path, request, signal);
  }

  close(): void {
    this.#connection?.then(
      (connection) => {
        connection.close();
      },
      () => undefined, // it was never connected
    );
  }

  /** The connection that there is; another one when that takes no more calls. */
  async #connect(): Promise<Http2Connection> {
    for (;;) {
      const attempt = (this.#connection ??= Http2Connection.open(this.#address, this.#config));
      const connection = await attempt.catch((error: unknown) => {
        if (this.#connection === attempt) this.#connection = undefined;
        throw errorFrom(error);
      });
      if (connection.takesCalls) return connection;
      if (this.#connection === attempt) this.#connection = undefined;
    }
  }
}

/** What the system says of an address; anything else is a fault of this program. */
function errorFrom(error: unknown): unknown {
  if (!(error instanceof Error && ('syscall' in error || error.name === 'AbortError'))) return error;
  return new Unanswered(error.message.includes('ECONNREFUSED') ? REFUSES : NOT_FOUND, false, error);
}
