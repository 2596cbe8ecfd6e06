import { UnaryCall, type CallEnd, type Field } from '@serving-study/http2';
import { LONGEST_ANSWER_BYTES, type Carrier, type Exchange } from '../driver.js';

/** The connection that a call is on. */
export interface CallOwner {
  /** When the bytes being read came. */
  readonly receivedAtNs: number;
  /** Gives a call up. */
  abandon(call: Call): void;
  ended(call: Call, end: CallEnd): void;
}

/** A call and the exchange that it carries. */
export class Call extends UnaryCall implements Carrier {
  readonly exchange: Exchange;
  readonly #owner: CallOwner;

  /** `message`: length-prefixed. */
  constructor(exchange: Exchange, message: Buffer, owner: CallOwner) {
    super(message, LONGEST_ANSWER_BYTES);
    this.exchange = exchange;
    this.#owner = owner;
  }

  abandon(): void {
    this.#owner.abandon(this);
  }

  override onHeaders(fields: readonly Field[]): void {
    if (Number.isNaN(this.exchange.firstByteAtNs)) this.exchange.firstByteAtNs = this.#owner.receivedAtNs;
    super.onHeaders(fields);
  }

  onResult(end: CallEnd): void {
    this.#owner.ended(this, end);
  }
}
