import { GRPC } from '@serving-study/http2';
import type { ProxyConfig } from '../../config.js';
import type { CallFailure, Channel } from '../../replicas/grpc-line.js';
import type { ReplicaAddress } from '../../replicas/replicas.js';
import type { CallLimits } from '../../upstream.js';
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

  async attempt(path: string, request: Uint8Array, { signal }: CallLimits): Promise<Uint8Array | CallFailure> {
    const connection = await signal.until(this.#connect()).catch(failureOf);
    return connection instanceof Http2Connection ? await connection.call(path, request, signal) : connection;
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
        throw error;
      });
      if (connection.takesCalls) return connection;
      if (this.#connection === attempt) this.#connection = undefined;
    }
  }
}

/** What the system says of an address; anything else is the signal's reason, or a fault of this program. */
function failureOf(error: unknown): CallFailure {
  if (!(error instanceof Error && ('syscall' in error || error.name === 'AbortError'))) throw error;
  return { code: GRPC.unavailable, details: `Failed to connect: ${error.message}` };
}
