import { lookup } from 'node:dns/promises';
import { GRPC } from '@serving-study/http2';
import type { ProxyConfig } from '../../config.js';
import type { CallFailure, Channel } from '../../grpc-client.js';
import type { CallLimits, CancelSignal } from '../../upstream.js';
import { Http2Connection } from './http2-connection.js';

/** A server that took no connection is tried last for so long. */
const PAUSE_MS = 1000;

interface Replica {
  readonly host: string;
  readonly port: number;
  connection?: Promise<Http2Connection> | undefined;
  /** On the clock of `performance.now`. */
  pausedUntilMs: number;
}

/** gRPC without grpc-js, whose streams are three quarters of a call's cost. Calls go to the replicas in turn. */
export class Http2Channel implements Channel {
  readonly #config: ProxyConfig;
  /** Asked for at the first call, and again when none of them can be reached: a name may stand for other servers by then. */
  #replicas: Promise<readonly Replica[]> | undefined;
  #turn = 0;

  constructor(config: ProxyConfig) {
    this.#config = config;
  }

  async attempt(path: string, request: Uint8Array, { signal }: CallLimits): Promise<Uint8Array | CallFailure> {
    const connection = await untilAborted(this.#connection(), signal).catch(failureOf);
    return connection instanceof Http2Connection ? await connection.call(path, request, signal) : connection;
  }

  close(): void {
    this.#replicas
      ?.then((replicas) => Promise.all(replicas.map(async ({ connection }) => (await connection)?.close())))
      .catch(() => undefined); // what was never connected
  }

  /** To the replica whose turn it is, or the next that takes one. Rejects with what the last of them said. */
  async #connection(): Promise<Http2Connection> {
    this.#replicas ??= this.#resolve();
    const replicas = await this.#replicas.catch((error: unknown) => this.#startAnew(error));
    this.#turn = (this.#turn + 1) % replicas.length;
    const nowMs = performance.now();
    const inTurn = [...replicas.slice(this.#turn), ...replicas.slice(0, this.#turn)];
    const ready = inTurn.filter(({ pausedUntilMs }) => pausedUntilMs <= nowMs);
    let failure: unknown;
    for (const replica of ready.length > 0 ? ready : inTurn) {
      try {
        return await this.#connect(replica);
      } catch (error) {
        replica.pausedUntilMs = performance.now() + PAUSE_MS;
        failure = error;
      }
    }
    return this.#startAnew(failure);
  }

  #startAnew(reason: unknown): never {
    this.#replicas = undefined;
    throw reason as Error;
  }

  async #resolve(): Promise<Replica[]> {
    const resolved = this.#config.STUDY_TFSERVING_GRPC.map(async (address) => {
      const colon = address.lastIndexOf(':');
      const found = await lookup(address.slice(0, colon).replace(/^\[|\]$/g, ''), { all: true });
      return found.map(({ address: host }) => ({ host, port: Number(address.slice(colon + 1)), pausedUntilMs: 0 }));
    });
    return (await Promise.all(resolved)).flat();
  }

  /** The connection that there is; another one when that takes no more calls. */
  async #connect(replica: Replica): Promise<Http2Connection> {
    for (;;) {
      const attempt = (replica.connection ??= Http2Connection.open(replica, this.#config));
      const connection = await attempt.catch((error: unknown) => {
        if (replica.connection === attempt) replica.connection = undefined;
        throw error;
      });
      if (connection.takesCalls) return connection;
      if (replica.connection === attempt) replica.connection = undefined;
    }
  }
}

/** What the system says of an address; anything else is a fault of this program. */
function failureOf(error: unknown): CallFailure {
  if (!(error instanceof Error && ('syscall' in error || error.name === 'AbortError'))) throw error;
  return { code: GRPC.unavailable, details: 'syscall' in error ? error.message : 'Failed to connect' };
}

function untilAborted<T>(promise: Promise<T>, signal: CancelSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(new DOMException('the call was given up', 'AbortError'));
    };
    signal.onAbort(abort);
    promise.then(resolve, reject).finally(() => {
      signal.offAbort(abort);
    });
  });
}
