import { ConnectionLost, type ClientStream, type StreamEnd } from './client-stream.js';
import {
  frameAt,
  HeaderBlock,
  readSettings,
  settingsPayload,
  uint32,
  withoutPadding,
  writeFrameHead,
  type Frame,
} from './frame.js';
import { GatheredBytes } from './gathered-bytes.js';
import { HpackDecoder } from './hpack-decoder.js';
import { HpackEncoder, type OutgoingField } from './hpack-encoder.js';
import {
  CODE,
  ConnectionError,
  FLAG,
  FRAME,
  FRAME_HEAD_BYTES,
  INITIAL,
  MAX_UINT31,
  PREFACE,
  SETTING,
} from './protocol.js';
import { ReceiveWindow } from './receive-window.js';

/** Bytes that a server may send ahead, of one answer and of all: so many that it never waits for us. */
const WINDOW_BYTES = 2 ** 30;
/** Streams at once until the server says otherwise (RFC 9113, 6.5.2 recommends at least as many). */
const FIRST_MAX_STREAMS = 100;
/** What the kernel has not taken yet may hold this much; the rest of a body waits with its stream. */
const MOST_UNSENT_BYTES = 2 ** 20;
/** A server that has us answer its frames (PING, SETTINGS) and does not read the answers gets so far. */
const MOST_UNREAD_BYTES = 8 * 2 ** 20;
const OUT_BYTES = 64 * 1024;
const PING_BYTES = 8;
const EMPTY = Buffer.alloc(0);

/** Where a connection's bytes go. */
export interface ClientSocket {
  /** `bytes` do not change before `unsentBytes` is 0. */
  send(bytes: Buffer): void;
  /** Handed to `send` and not yet to the kernel. */
  readonly unsentBytes: number;
}

export interface ClientOptions {
  readonly socket: ClientSocket;
  /** Header fields of an answer that are kept, as HPACK counts them. */
  readonly headersLimitBytes: number;
  /** There is something to `flush`. Not called while bytes are read, but once behind them. */
  readonly onOutput: () => void;
  /** It is over: the socket is to be closed. Called once, before its streams end. */
  readonly onClose: (error: Error) => void;
}

/** The client's side of an HTTP/2 connection (RFC 9113), as far as unary calls need it. Its owner has the socket and the clock. */
export class ClientConnection {
  readonly #options: ClientOptions;
  readonly #decoder = new HpackDecoder();
  readonly #encoder = new HpackEncoder();
  readonly #receiveWindow = new ReceiveWindow(WINDOW_BYTES);
  readonly #streams = new Map<number, ClientStream>();
  /** Streams whose body is not all sent, in their order. */
  readonly #unsent = new Set<ClientStream>();
  /** Frames that leave together. */
  #out = new GatheredBytes(OUT_BYTES);
  /** Bytes of a frame that has not come whole. */
  #input: Buffer = EMPTY;
  #isReading = false;
  #partial: HeaderBlock | undefined;
  #settingsRead = false;
  #nextId = 1;
  #sendWindowBytes: number = INITIAL.windowSize;
  #peerWindowBytes: number = INITIAL.windowSize;
  #maxFrameBytes: number = INITIAL.maxFrameSize;
  #maxStreams = FIRST_MAX_STREAMS;
  #takesNoMore = false;
  #isClosed = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#out.append(PREFACE);
    const settings = settingsPayload([
      [SETTING.enablePush, 0],
      [SETTING.initialWindowSize, WINDOW_BYTES],
      [SETTING.maxHeaderListSize, options.headersLimitBytes],
    ]);
    this.#write(FRAME.settings, 0, 0, settings);
    this.#write(FRAME.windowUpdate, 0, 0, uint32(WINDOW_BYTES - INITIAL.windowSize));
  }

  /** False once the server has said goodbye or the connection is over: new streams need another one. */
  get takesStreams(): boolean {
    return !this.#takesNoMore && !this.#isClosed;
  }

  get hasRoom(): boolean {
    return this.takesStreams && this.#streams.size < this.#maxStreams;
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  /** Only while `takesStreams`. */
  open(stream: ClientStream, headers: readonly OutgoingField[]): void {
    stream.id = this.#nextId;
    this.#nextId += 2;
    if (this.#nextId > MAX_UINT31) this.#takesNoMore = true;
    this.#streams.set(stream.id, stream);
    this.#write(FRAME.headers, FLAG.endHeaders, stream.id, this.#encoder.encode(headers));
    this.#pump(stream);
    this.#announce();
  }

  /** Gives a stream up: it hears no more. */
  cancel(stream: ClientStream): void {
    if (!this.#streams.has(stream.id)) return;
    this.#reset(stream);
    this.#forget(stream);
    this.#announce();
    this.#closeIfDone();
  }

  /** Asks for a sign of life. */
  ping(): void {
    this.#write(FRAME.ping, 0, 0, Buffer.alloc(PING_BYTES));
    this.#announce();
  }

  /** What the server has sent. Throws nothing: what goes wrong, in a listener too, ends the connection. */
  receive(bytes: Buffer): void {
    const input = this.#input.length === 0 ? bytes : Buffer.concat([this.#input, bytes]);
    let offset = 0;
    this.#isReading = true;
    try {
      for (let frame = frameAt(input, 0); frame !== undefined && !this.#isClosed; frame = frameAt(input, offset)) {
        offset += FRAME_HEAD_BYTES + frame.payload.length;
        this.#handle(frame);
      }
      // copied: the memory is the network's
      this.#input = offset === input.length ? EMPTY : Buffer.from(input.subarray(offset));
      if (this.#out.length + this.#options.socket.unsentBytes > MOST_UNREAD_BYTES)
        throw new ConnectionError(CODE.enhanceYourCalm, 'it does not read what it asks for');
    } catch (error) {
      const isHttp1 = !this.#settingsRead && input.toString('latin1', 0, 5) === 'HTTP/';
      const breach = isHttp1 ? 'answers in HTTP/1' : `breaks the rules of HTTP/2: ${(error as Error).message}`;
      this.close(error instanceof ConnectionError ? new ConnectionLost(`the server ${breach}`) : (error as Error));
    } finally {
      this.#isReading = false;
    }
    this.#announce();
  }

  /** Hands frames to the socket. While that has unsent bytes, more wait here for `drained`. */
  flush(): void {
    const { socket } = this.#options;
    if (this.#out.length === 0 || this.#isClosed || socket.unsentBytes > 0) return;
    socket.send(this.#out.bytes);
    // the socket keeps the memory of what the kernel did not take
    if (socket.unsentBytes > 0) this.#out = new GatheredBytes(OUT_BYTES);
    else this.#out.clear();
  }

  /** The socket has sent everything. */
  drained(): void {
    this.flush();
    this.#pumpAll();
    this.flush();
  }

  /** Ends all streams. */
  close(error: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.onClose(error);
    for (const stream of [...this.#streams.values()]) this.#end(stream, { kind: 'lost', error });
  }

  #end(stream: ClientStream, end: StreamEnd): void {
    this.#forget(stream);
    stream.onEnd(end);
    this.#closeIfDone();
  }

  #forget(stream: ClientStream): void {
    this.#streams.delete(stream.id);
    this.#unsent.delete(stream);
  }

  #closeIfDone(): void {
    if (this.#takesNoMore && this.#streams.size === 0) this.close(new ConnectionLost('it takes no more streams'));
  }

  /** The server has ended the stream. */
  #complete(stream: ClientStream): void {
    // it may do so before the request is whole: the stream then stays open until our side ends, too (RFC 9113, 8.1)
    if (stream.sentBytes < stream.body.length) this.#reset(stream);
    this.#end(stream, { kind: 'complete' });
  }

  #reset({ id }: ClientStream): void {
    this.#write(FRAME.rstStream, 0, id, uint32(CODE.cancel));
  }

  #handle(frame: Frame): void {
    const { type, flags, streamId, payload } = frame;
    if (!this.#settingsRead && type !== FRAME.settings)
      throw new ConnectionError(CODE.protocolError, 'the first frame is not SETTINGS');
    if (this.#partial !== undefined && (type !== FRAME.continuation || streamId !== this.#partial.streamId))
      throw new ConnectionError(CODE.protocolError, 'a frame between HEADERS and their CONTINUATION');
    switch (type) {
      case FRAME.data:
        this.#handleData(frame);
        break;
      case FRAME.headers:
        this.#handleBlock(new HeaderBlock(frame), flags);
        break;
      case FRAME.continuation:
        if (this.#partial === undefined) throw new ConnectionError(CODE.protocolError, 'CONTINUATION without HEADERS');
        this.#partial.continueWith(frame);
        this.#handleBlock(this.#partial, flags);
        break;
      case FRAME.rstStream: {
        const code = numberIn(frame, 'RST_STREAM');
        const stream = this.#begun(streamId, 'RST_STREAM');
        if (stream !== undefined) this.#end(stream, { kind: 'reset', code });
        break;
      }
      case FRAME.settings:
        if ((flags & FLAG.ack) === 0) this.#handleSettings(payload);
        break;
      case FRAME.ping:
        if ((flags & FLAG.ack) === 0) this.#write(FRAME.ping, FLAG.ack, 0, payload);
        break;
      case FRAME.goaway:
        this.#handleGoaway(payload);
        break;
      case FRAME.windowUpdate:
        this.#handleWindowUpdate(frame);
        break;
      case FRAME.pushPromise:
        throw new ConnectionError(CODE.protocolError, 'PUSH_PROMISE, which was forbidden');
      default:
      // frames of other kinds are no fault (RFC 9113, 5.5)
    }
  }

  #handleData(frame: Frame): void {
    const { payload, streamId, flags } = frame;
    if (!this.#receiveWindow.receive(payload.length))
      throw new ConnectionError(CODE.flowControlError, 'more DATA than the window allows');
    const grant = this.#receiveWindow.consume(payload.length);
    if (grant > 0) this.#write(FRAME.windowUpdate, 0, 0, uint32(grant));
    const stream = this.#begun(streamId, 'DATA');
    if (stream === undefined) return;
    if (!stream.hasHeaders) throw new ConnectionError(CODE.protocolError, 'DATA before HEADERS');
    if (!stream.onData(withoutPadding(frame))) {
      this.#reset(stream);
      this.#end(stream, { kind: 'refused' });
    } else if ((flags & FLAG.endStream) !== 0) this.#complete(stream);
  }

  #handleBlock(block: HeaderBlock, flags: number): void {
    this.#partial = (flags & FLAG.endHeaders) === 0 ? block : undefined;
    if (this.#partial !== undefined) return;
    // whatever becomes of the stream: later blocks depend on this one
    const { fields } = this.#decoder.decode(block.bytes, this.#options.headersLimitBytes);
    const stream = this.#begun(block.streamId, 'HEADERS');
    if (stream === undefined) return;
    stream.hasHeaders = true;
    stream.onHeaders(fields);
    if (block.endsStream) this.#complete(stream);
  }

  #handleSettings(payload: Buffer): void {
    // without a word on it there is no limit (RFC 9113, 6.5.2)
    if (!this.#settingsRead) this.#maxStreams = Number.POSITIVE_INFINITY;
    this.#settingsRead = true;
    for (const [setting, value] of readSettings(payload)) {
      if (setting === SETTING.headerTableSize) this.#encoder.limit(value);
      else if (setting === SETTING.maxConcurrentStreams) this.#maxStreams = value;
      else if (setting === SETTING.maxFrameSize && value >= INITIAL.maxFrameSize) this.#maxFrameBytes = value;
      else if (setting === SETTING.initialWindowSize) {
        if (value > MAX_UINT31) throw new ConnectionError(CODE.flowControlError, `INITIAL_WINDOW_SIZE of ${value}`);
        this.#peerWindowBytes = value;
      }
    }
    this.#write(FRAME.settings, FLAG.ack, 0, EMPTY);
    this.#pumpAll();
  }

  /** Streams that the server has not begun to answer fail, the others go on (RFC 9113, 6.8). */
  #handleGoaway(payload: Buffer): void {
    if (payload.length < 8) throw new ConnectionError(CODE.frameSizeError, 'GOAWAY of a wrong size');
    this.#takesNoMore = true;
    const lastId = payload.readUInt32BE(0) & MAX_UINT31;
    const text = payload.toString('utf8', 8, 208);
    const error = new ConnectionLost(
      `the server said GOAWAY, code ${payload.readUInt32BE(4)}${text === '' ? '' : `: ${text}`}`,
    );
    for (const stream of [...this.#streams.values()])
      if (stream.id > lastId) this.#end(stream, { kind: 'lost', error });
    this.#closeIfDone();
  }

  #handleWindowUpdate(frame: Frame): void {
    const bytes = numberIn(frame, 'WINDOW_UPDATE') & MAX_UINT31;
    if (frame.streamId === 0) {
      this.#sendWindowBytes += bytes;
      if (this.#sendWindowBytes > MAX_UINT31) throw new ConnectionError(CODE.flowControlError, 'a window beyond 2^31');
      this.#pumpAll();
      return;
    }
    const stream = this.#begun(frame.streamId, 'WINDOW_UPDATE');
    if (stream === undefined) return;
    stream.credit += bytes;
    this.#pump(stream);
  }

  /** The stream of a frame; undefined for one that is over, which may still be spoken of. */
  #begun(streamId: number, name: string): ClientStream | undefined {
    const stream = this.#streams.get(streamId);
    if (stream === undefined && (streamId >= this.#nextId || streamId % 2 === 0))
      throw new ConnectionError(CODE.protocolError, `${name} on stream ${streamId}, which never began`);
    return stream;
  }

  #pumpAll(): void {
    for (const stream of [...this.#unsent]) this.#pump(stream);
  }

  /** Sends of a body what the windows and the kernel allow. */
  #pump(stream: ClientStream): void {
    const { body, id } = stream;
    while (stream.sentBytes < body.length) {
      const room = Math.min(
        this.#peerWindowBytes + stream.credit,
        this.#sendWindowBytes,
        this.#maxFrameBytes,
        MOST_UNSENT_BYTES - this.#options.socket.unsentBytes - this.#out.length,
      );
      if (room <= 0) {
        this.#unsent.add(stream);
        return;
      }
      const piece = body.subarray(stream.sentBytes, stream.sentBytes + room);
      stream.sentBytes += piece.length;
      stream.credit -= piece.length;
      this.#sendWindowBytes -= piece.length;
      this.#write(FRAME.data, stream.sentBytes === body.length ? FLAG.endStream : 0, id, piece);
      if (this.#out.length >= OUT_BYTES) this.flush();
    }
    this.#unsent.delete(stream);
  }

  #write(type: number, flags: number, streamId: number, payload: Buffer): void {
    const at = this.#out.reserve(FRAME_HEAD_BYTES + payload.length);
    const { memory } = this.#out;
    writeFrameHead(memory, at, payload.length, type, flags, streamId);
    memory.set(payload, at + FRAME_HEAD_BYTES);
  }

  #announce(): void {
    if (this.#out.length > 0 && !this.#isReading && !this.#isClosed) this.#options.onOutput();
  }
}

function numberIn({ payload }: Frame, name: string): number {
  if (payload.length !== 4) throw new ConnectionError(CODE.frameSizeError, `${name} of ${payload.length} bytes`);
  return payload.readUInt32BE(0);
}
