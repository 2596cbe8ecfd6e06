import type { AnswerField } from './hpack-encoder.js';
import { frameHead, numberFrame } from './frame.js';
import { CODE, FLAG, FRAME, type ErrorNumber } from './protocol.js';
import { ReceiveWindow } from './receive-window.js';
import { SendWindow } from './send-window.js';

/** What a stream needs of its connection. */
export interface StreamCarrier {
  readonly maxFrameBytes: number;
  readonly sendWindow: SendWindow;
  /** Frames leave in this order, at the end of this turn of the event loop at the latest. */
  write(bytes: Buffer): void;
  encode(fields: readonly AnswerField[]): Buffer;
  /** Bytes of DATA were used. */
  consumed(bytes: number): void;
  /** The stream has DATA left that waits for the window of the connection alone. */
  blocked(stream: Http2Stream): void;
  closed(stream: Http2Stream): void;
}

export interface StreamBeginning {
  readonly sendWindowBytes: number;
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
  readonly #sendWindow: SendWindow;
  readonly #receiveWindow: ReceiveWindow;
  readonly #whenClosed: (() => void)[] = [];
  #pending: Buffer[] = [];
  #trailers: readonly AnswerField[] | undefined;
  #unconsumed = 0;
  #headersSent = false;
  #requestEnded: boolean;
  #isClosed = false;

  constructor(id: number, carrier: StreamCarrier, begin: StreamBeginning) {
    this.id = id;
    this.#carrier = carrier;
    this.#requestEnded = begin.isWhole;
    this.#sendWindow = new SendWindow(begin.sendWindowBytes);
    this.#receiveWindow = new ReceiveWindow(begin.receiveWindowBytes);
  }

  /** Answered or reset: nothing that is sent now reaches the client. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get headersSent(): boolean {
    return this.#headersSent;
  }

  /** Whether the client has said that its request is complete. */
  get requestEnded(): boolean {
    return this.#requestEnded;
  }

  /** Whether `end` was called. */
  get isEnding(): boolean {
    return this.#trailers !== undefined;
  }

  /** Calls `then` once, when the stream is closed, by whichever side. */
  whenClosed(then: () => void): void {
    if (this.#isClosed) then();
    else this.#whenClosed.push(then);
  }

  /** Sends the headers of the answer, which have to fit a frame; with `isEnd` they are all of it. */
  respond(fields: readonly AnswerField[], isEnd = false): void {
    if (this.#isClosed || this.#headersSent) return;
    this.#headersSent = true;
    this.#writeHeaders(fields, isEnd);
    if (isEnd) this.#finish();
  }

  /** Sends a part of the body, now or when the client's windows allow it. */
  write(bytes: Buffer): void {
    if (this.#isClosed || this.isEnding) return;
    this.#pending.push(bytes);
    this.pump();
  }

  /** Sends trailers behind what was written, and ends the stream. */
  end(trailers: readonly AnswerField[]): void {
    if (this.#isClosed || this.isEnding) return;
    this.#trailers = trailers;
    this.pump();
  }

  /** Ends the stream in the middle. */
  reset(code: ErrorNumber): void {
    if (this.#isClosed) return;
    this.#carrier.write(numberFrame(FRAME.rstStream, this.id, code));
    this.close();
  }

  /** Bytes that `onData` got have been used: the client may send as many more. */
  consumed(bytes: number): void {
    // What a closed stream held was given back when it closed.
    if (this.#isClosed) return;
    this.#unconsumed -= bytes;
    this.#carrier.consumed(bytes);
    const grant = this.#receiveWindow.consume(bytes);
    if (grant > 0 && !this.#requestEnded) this.#carrier.write(numberFrame(FRAME.windowUpdate, this.id, grant));
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

  /** For the connection: the client lets this stream send more, or less. False when that is more than HTTP/2 allows. */
  widen(bytes: number): boolean {
    if (!this.#sendWindow.widen(bytes)) return false;
    this.pump();
    return true;
  }

  /** For the connection: sends what the windows allow. */
  pump(): void {
    if (this.#isClosed) return;
    const carrier = this.#carrier;
    for (let [piece] = this.#pending; piece !== undefined; [piece] = this.#pending) {
      const room = Math.min(this.#sendWindow.bytes, carrier.sendWindow.bytes, carrier.maxFrameBytes);
      if (room <= 0) {
        if (this.#sendWindow.bytes > 0) carrier.blocked(this);
        return;
      }
      const bytes = piece.length <= room ? piece : piece.subarray(0, room);
      if (bytes === piece) this.#pending.shift();
      else this.#pending[0] = piece.subarray(room);
      this.#sendWindow.take(bytes.length);
      carrier.sendWindow.take(bytes.length);
      carrier.write(frameHead(bytes.length, FRAME.data, 0, this.id));
      carrier.write(bytes);
    }
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
    for (const then of this.#whenClosed) then();
  }

  #writeHeaders(fields: readonly AnswerField[], isEnd: boolean): void {
    const block = this.#carrier.encode(fields);
    this.#carrier.write(
      frameHead(block.length, FRAME.headers, FLAG.endHeaders | (isEnd ? FLAG.endStream : 0), this.id),
    );
    this.#carrier.write(block);
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
