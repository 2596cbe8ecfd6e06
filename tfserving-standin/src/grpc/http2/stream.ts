import {
  CODE,
  FLAG,
  FRAME,
  MAX_UINT31,
  ReceiveWindow,
  uint32,
  type ErrorNumber,
  type OutgoingField,
} from '@serving-study/http2';

/** What a stream needs of its connection. */
export interface StreamCarrier {
  readonly maxFrameBytes: number;
  /** How much DATA the client takes on any stream that it has not said more of (SETTINGS_INITIAL_WINDOW_SIZE). */
  readonly peerWindowBytes: number;
  /** How much DATA the client takes on all streams together. */
  readonly sendWindowBytes: number;
  /** So much DATA is about to be sent. */
  takeWindow(bytes: number): void;
  /** Frames leave in this order, at the end of this turn of the event loop at the latest. */
  send(type: number, flags: number, streamId: number, payload: Buffer): void;
  encode(fields: readonly OutgoingField[]): Buffer;
  /** Bytes of DATA were used. */
  consumed(bytes: number): void;
  /** The stream has DATA left that waits for a window: its own, or that of the connection alone. */
  blocked(stream: Http2Stream, by: 'stream' | 'connection'): void;
  closed(stream: Http2Stream): void;
}

export interface StreamBeginning {
  readonly receiveWindowBytes: number;
  /** The headers are all of the request. */
  readonly isWhole: boolean;
}

/** One request and its answer: a stream of a server's HTTP/2 connection (RFC 9113, 5). */
export class Http2Stream {
  readonly id: number;
  /** Called with each piece of the request's body, which has to be reported to `consumed`. */
  onData: (piece: Buffer) => void = (piece) => {
    this.consumed(piece.length);
  };
  /** Called when the request is complete. */
  onEnd: () => void = ignore;
  readonly #carrier: StreamCarrier;
  readonly #receiveWindow: ReceiveWindow;
  readonly #whenClosed: (() => void)[] = [];
  #whenFlushed: (() => void)[] = [];
  /** What the client has widened this stream's window by, less what was sent (RFC 9113, 6.9). */
  #credit = 0;
  #pending: Buffer[] = [];
  /** Bytes of `#pending` when `isUnread` was last called. */
  #seenBytes = 0;
  #trailers: readonly OutgoingField[] | undefined;
  #unconsumed = 0;
  #headersSent = false;
  #requestEnded: boolean;
  #isClosed = false;

  constructor(id: number, carrier: StreamCarrier, begin: StreamBeginning) {
    this.id = id;
    this.#carrier = carrier;
    this.#requestEnded = begin.isWhole;
    this.#receiveWindow = new ReceiveWindow(begin.receiveWindowBytes);
  }

  /** Answered or reset: nothing that is sent now reaches the client. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the client has said that its request is complete. */
  get requestEnded(): boolean {
    return this.#requestEnded;
  }

  /** Calls `then` once, when the stream is closed, by whichever side. */
  whenClosed(then: () => void): void {
    if (this.#isClosed) then();
    else this.#whenClosed.push(then);
  }

  /** Calls `then` once, when all that was written has been sent, or can no longer be. */
  whenFlushed(then: () => void): void {
    if (this.#pending.length === 0) then();
    else this.#whenFlushed.push(then);
  }

  /** Sends the headers of the answer, which have to fit a frame; with `isEnd` they are all of it. */
  respond(fields: readonly OutgoingField[], isEnd = false): void {
    if (this.#isClosed || this.#headersSent) return;
    this.#headersSent = true;
    this.#writeHeaders(fields, isEnd);
    if (isEnd) this.#finish();
  }

  /** Sends a part of the body, now or when the client's windows allow it. */
  write(bytes: Buffer): void {
    if (this.#isClosed || this.#trailers !== undefined) return;
    this.#pending.push(bytes);
    this.pump();
  }

  /** Sends trailers behind what was written, and ends the stream. */
  end(trailers: readonly OutgoingField[]): void {
    if (this.#isClosed || this.#trailers !== undefined) return;
    this.#trailers = trailers;
    this.pump();
  }

  /** Ends the stream in the middle. */
  reset(code: ErrorNumber): void {
    if (this.#isClosed) return;
    this.#carrier.send(FRAME.rstStream, 0, this.id, uint32(code));
    this.close();
  }

  /** Bytes that `onData` got have been used: the client may send as many more. */
  consumed(bytes: number): void {
    // What a closed stream held was given back when it closed.
    if (this.#isClosed) return;
    this.#unconsumed -= bytes;
    this.#carrier.consumed(bytes);
    const grant = this.#receiveWindow.consume(bytes);
    if (grant > 0 && !this.#requestEnded) this.#carrier.send(FRAME.windowUpdate, 0, this.id, uint32(grant));
  }

  /** For the connection: DATA came; `padding` bytes of the frame are not part of `piece`. */
  receive(piece: Buffer, padding: number, isLast: boolean): void {
    this.#unconsumed += piece.length + padding;
    if (this.#requestEnded) {
      this.reset(CODE.streamClosed);
      return;
    }
    if (!this.#receiveWindow.receive(piece.length + padding)) {
      this.reset(CODE.flowControlError);
      return;
    }
    this.#requestEnded = isLast;
    if (padding > 0) this.consumed(padding);
    if (piece.length > 0) this.onData(piece);
    if (isLast) this.onEnd();
  }

  /** For the connection: the request ended without DATA. */
  receiveEnd(): void {
    this.#requestEnded = true;
    this.onEnd();
  }

  /** For the connection: the client lets this stream send more. False when that is more than HTTP/2 allows. */
  widen(bytes: number): boolean {
    this.#credit += bytes;
    if (this.#windowBytes > MAX_UINT31) return false;
    this.pump();
    return true;
  }

  /** For the connection: what the client has widened this stream's window by, less what was sent. */
  get credit(): number {
    return this.#credit;
  }

  /** For the connection: whether the answer is complete and its client has taken nothing of it since this was last asked. */
  isUnread(): boolean {
    const before = this.#seenBytes;
    this.#seenBytes = this.#pending.reduce((sum, { length }) => sum + length, 0);
    return this.#trailers !== undefined && this.#seenBytes === before;
  }

  /** For the connection: sends what the windows allow. */
  pump(): void {
    if (this.#isClosed) return;
    const carrier = this.#carrier;
    for (let [piece] = this.#pending; piece !== undefined; [piece] = this.#pending) {
      const room = Math.min(this.#windowBytes, carrier.sendWindowBytes, carrier.maxFrameBytes);
      if (room <= 0) {
        carrier.blocked(this, this.#windowBytes > 0 ? 'connection' : 'stream');
        return;
      }
      const bytes = piece.length <= room ? piece : piece.subarray(0, room);
      if (bytes === piece) this.#pending.shift();
      else this.#pending[0] = piece.subarray(room);
      this.#credit -= bytes.length;
      carrier.takeWindow(bytes.length);
      carrier.send(FRAME.data, 0, this.id, bytes);
    }
    this.#flushed();
    if (this.#trailers === undefined) return;
    this.#writeHeaders(this.#trailers, true);
    this.#finish();
  }

  /** For the connection: the stream is over, and nothing is to be said of it. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#pending = [];
    if (this.#unconsumed > 0) this.#carrier.consumed(this.#unconsumed);
    this.#carrier.closed(this);
    this.#flushed();
    for (const then of this.#whenClosed) then();
  }

  get #windowBytes(): number {
    return this.#carrier.peerWindowBytes + this.#credit;
  }

  #flushed(): void {
    if (this.#whenFlushed.length === 0) return;
    const waiting = this.#whenFlushed;
    this.#whenFlushed = [];
    for (const then of waiting) then();
  }

  #writeHeaders(fields: readonly OutgoingField[], isEnd: boolean): void {
    const flags = FLAG.endHeaders | (isEnd ? FLAG.endStream : 0);
    this.#carrier.send(FRAME.headers, flags, this.id, this.#carrier.encode(fields));
  }

  /** The answer is complete. A client that has not ended its side is told that the rest of it is not needed (8.1). */
  #finish(): void {
    if (this.#requestEnded) this.close();
    else this.reset(CODE.noError);
  }
}

function ignore(): void {
  // nobody waits for it
}
