import type { Field } from './field.js';

/** A connection that ended as connections do: closed, broken, or by a server that breaks the rules. */
export class ConnectionLost extends Error {
  /** Of the system call that failed; 0 when none did. */
  readonly errno: number;

  constructor(message: string, errno = 0) {
    super(message);
    this.name = 'ConnectionLost';
    this.errno = errno;
  }
}

/** How a stream ended. */
export type StreamEnd =
  /** The server has ended it; `onHeaders` and `onData` have told everything. */
  | { readonly kind: 'complete' }
  /** RST_STREAM with this code. */
  | { readonly kind: 'reset'; readonly code: number }
  /** `onData` has refused a piece. */
  | { readonly kind: 'refused' }
  /** ConnectionLost, or what a listener has thrown. */
  | { readonly kind: 'lost'; readonly error: Error };

/** A request whose body is known from the start, and what hears its answer. */
export abstract class ClientStream {
  /** Not empty: its last piece ends our side. */
  readonly body: Buffer;
  /** Odd once it is open. */
  id = 0;
  sentBytes = 0;
  /** What the server has widened the stream's window by, less what was sent (RFC 9113, 6.9). */
  credit = 0;
  hasHeaders = false;

  constructor(body: Buffer) {
    this.body = body;
  }

  /** Headers, or trailers. */
  abstract onHeaders(fields: readonly Field[]): void;
  /** A piece of the answer, in memory of `ClientConnection.receive`. False refuses it and ends the stream. */
  abstract onData(piece: Buffer): boolean;
  /** Called once, and last; not for a stream that was given up by `cancel`. */
  abstract onEnd(end: StreamEnd): void;
}
