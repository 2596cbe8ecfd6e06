import type { Field } from '@serving-study/http2';
import type { Carrier, Exchange } from '../driver.js';
import { GatheredBytes } from '../gathered-bytes.js';
import { unframeMessage } from './message-frame.js';
import { INTERNAL, OK, statusFromFields, UNKNOWN, type GrpcStatus } from './status.js';

/** How a unary call ended. */
export type CallEnd =
  | { readonly kind: 'message'; readonly message: Buffer }
  | { readonly kind: 'status'; readonly status: GrpcStatus }
  /** The connection failed, not the call. */
  | { readonly kind: 'lost'; readonly errno: number; readonly reason: string };

/** The connection that a call is on. */
export interface CallOwner {
  /** Gives a call up. */
  abandon(call: Call): void;
}

/** A unary call and what has come of its answer: a stream of HTTP/2. */
export class Call implements Carrier {
  readonly id: number;
  readonly exchange: Exchange;
  /** Length-prefixed. */
  readonly message: Buffer;
  readonly #owner: CallOwner;
  sentBytes = 0;
  /** What the server has widened the stream's window by, less what was sent (RFC 9113, 6.9). */
  credit = 0;
  /** Copied: the trailers may come with the next bytes only. */
  readonly #received = new GatheredBytes();
  #httpStatus = '';
  #status: GrpcStatus | undefined;

  constructor(id: number, exchange: Exchange, message: Buffer, owner: CallOwner) {
    this.id = id;
    this.exchange = exchange;
    this.message = message;
    this.#owner = owner;
  }

  abandon(): void {
    this.#owner.abandon(this);
  }

  get hasHeaders(): boolean {
    return this.#httpStatus !== '';
  }

  /** Headers or trailers: in an answer without a message they are the same. */
  receiveHeaders(fields: readonly Field[]): void {
    this.#status = statusFromFields(fields) ?? this.#status;
    this.#httpStatus = fields.find(({ name }) => name === ':status')?.value ?? this.#httpStatus;
  }

  /** False when the answer has become longer than `mostBytes`. */
  receive(piece: Buffer, mostBytes: number): boolean {
    this.#received.append(piece);
    return this.#received.length <= mostBytes;
  }

  /** What the call comes to, now that the stream has ended. */
  result(): CallEnd {
    const status = this.#status;
    if (status === undefined) {
      const message = `no gRPC status in the answer (HTTP ${this.#httpStatus})`;
      return { kind: 'status', status: { code: UNKNOWN, message } };
    }
    if (status.code !== OK) return { kind: 'status', status };
    try {
      return { kind: 'message', message: unframeMessage(this.#received.bytes) };
    } catch (cause) {
      return { kind: 'status', status: { code: INTERNAL, message: (cause as Error).message } };
    }
  }
}
