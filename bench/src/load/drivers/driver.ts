import type { Outcome } from '../../record/index.js';

/** No prediction is as long, and no JSON text could be: a server that goes on and on must not take all memory. */
export const LONGEST_ANSWER_BYTES = 2 ** 28;

/** One request from its intended instant to its end. Instants in ns of `clock`; NaN until they come. */
export class Exchange {
  readonly input: number;
  readonly intendedAtNs: number;
  /** When the generator turned to it. */
  readonly takenAtNs: number;
  /** True when it did not have to wait for a free connection: its whole delay until it was sent is the generator's own. */
  prompt = false;
  sentAtNs = Number.NaN;
  firstByteAtNs = Number.NaN;
  doneAtNs = Number.NaN;
  bytesIn = 0;
  /** HTTP status, gRPC code or errno. */
  code = 0;
  /** Version that the answer's header claimed; 0: none. */
  claimedVersion = 0;
  /** The answer's Server-Timing header. */
  serverTiming: string | undefined;
  /** True once its end is decided; what the network says later is no longer heard. */
  over = false;
  /** The connection that it is on. */
  carrier: Carrier | undefined;

  constructor(input: number, intendedAtNs: number, takenAtNs: number) {
    this.input = input;
    this.intendedAtNs = intendedAtNs;
    this.takenAtNs = takenAtNs;
  }

  /**
   * How late the generator itself was (method rule 5): until it sent the request, unless that had to wait for a free
   * connection, which is the connection limit's doing and part of the response time.
   */
  get lagNs(): number {
    return (this.prompt ? this.sentAtNs : this.takenAtNs) - this.intendedAtNs;
  }
}

/** A connection with requests under way. */
export interface Carrier {
  /** Gives a request up on the wire; nothing more is reported of it. */
  abandon(exchange: Exchange): void;
}

/** How the wire ended an exchange; whether an answer is right is judged later. */
export type Ending =
  /** The body is valid during the call of `onEnd` only: its memory may be read into again. */
  | { readonly kind: 'answer'; readonly body: Buffer }
  | { readonly kind: 'failed'; readonly outcome: Outcome; readonly reason: string };

/** A way to send requests. It keeps no schedule and judges no answer. */
export interface Driver {
  /** False when every connection is busy: the request has to wait. */
  hasRoom(): boolean;
  /** Sends at once; only while `hasRoom()`. Notes the instants in the exchange and then, once, calls `onEnd`: never from inside this call. */
  send(exchange: Exchange): void;
}

export interface DriverEvents {
  /** `exchange.doneAtNs` is set and its connection has room again. Not called for an exchange that was given up. */
  onEnd(exchange: Exchange, ending: Ending): void;
  /** Something went wrong that is no request's end, in words for the reader. */
  onTrouble(reason: string): void;
}
