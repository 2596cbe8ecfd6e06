import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import {
  CODE,
  ConnectionError,
  FLAG,
  FRAME,
  FRAME_HEAD_BYTES,
  frameAt,
  frameHead,
  HeaderBlock,
  HpackDecoder,
  HpackEncoder,
  INITIAL,
  MAX_UINT31,
  PREFACE,
  ReceiveWindow,
  SETTING,
  readSettings,
  settingsPayload,
  uint32,
  withoutPadding,
  type ErrorNumber,
  type Field,
  type Frame,
  type OutgoingField,
} from '@serving-study/http2';
import { areWellFormed, RequestHeaders } from './request-headers.js';
import { Http2Stream, type StreamCarrier } from './stream.js';

export interface ConnectionOptions {
  /** Streams that a client may have open; more are refused. */
  readonly maxStreams: number;
  /** The headers of a request are kept up to this many bytes, as HPACK counts them; the size of the others is known. */
  readonly headersLimitBytes: number;
  /** How long a client may take to begin as HTTP/2 wants it. */
  readonly handshakeMs: number;
  /** How long the headers of one request may take to come, once they have begun. */
  readonly headersMs: number;
}

interface Events {
  /** A request began. What comes of it is called for as soon as the listeners return. */
  stream: [stream: Http2Stream, headers: RequestHeaders];
  /** The client asks for a sign of life, and gets it; `wasBusy`: since the last time something else was sent to it. */
  ping: [wasBusy: boolean];
  close: [];
}

/** How many bytes a client may send ahead, of one request and of all. */
const STREAM_WINDOW_BYTES = 2 ** 20;
const CONNECTION_WINDOW_BYTES = 16 * 2 ** 20;
/** A client that does not read is not read either once this much waits for it. */
const LARGEST_BACKLOG_BYTES = 2 ** 20;
/** Chunks of up to this many bytes together are copied into one. */
const JOINED_BYTES = 64 * 1024;
/** How long a client may take to close its side of a connection that is over: it has all that it will get. */
const LINGER_MS = 1000;
/**
 * Calls that come to nothing because of the client (reset, refused, malformed, with headers beyond the limit) cost it nothing:
 * so many may come at once, and per second. Each counts once, and once more for each 256 bytes of its headers.
 */
const WASTED_AT_ONCE = 10_000;
const WASTED_PER_SECOND = 1000;
const BYTES_PER_WASTED = 256;
const PRIORITY_BYTES = 5;
const PING_BYTES = 8;
const EMPTY = Buffer.alloc(0);

/**
 * The server's side of one HTTP/2 connection (RFC 9113), as far as gRPC needs it: no push, no priorities. Written on the
 * socket because node:http2 costs a multiple of the time an answer takes to make (docs/decisions/0015-http2.md). Streams
 * are announced by the event `stream`; `close` comes when the socket is closed, after all streams have been closed.
 */
export class Http2Connection extends EventEmitter<Events> implements StreamCarrier {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #decoder = new HpackDecoder();
  readonly #encoder = new HpackEncoder();
  readonly #receiveWindow = new ReceiveWindow(CONNECTION_WINDOW_BYTES);
  readonly #streams = new Map<number, Http2Stream>();
  /** Streams that wait for the window of the connection, in the order in which they are to go on. */
  readonly #blocked = new Set<Http2Stream>();
  /** Streams that wait for their own. */
  readonly #stalled = new Set<Http2Stream>();
  readonly #pings: (() => void)[] = [];
  readonly #handshake: NodeJS.Timeout;
  #input: Buffer = EMPTY;
  #out: Buffer[] = [];
  #outBytes = 0;
  #flushIsDue = false;
  #partial: HeaderBlock | undefined;
  #headersDue: NodeJS.Timeout | undefined;
  #wasted = 0;
  #wastedAt = 0;
  #prefaceRead = false;
  #settingsRead = false;
  /** The highest number that the client has used. */
  #lastId = 0;
  /** The highest that was taken. */
  #lastTakenId = 0;
  #sendWindowBytes: number = INITIAL.windowSize;
  /** No stream has more. */
  #highestCredit = 0;
  /** Whether anything but answers to pings and settings was sent since the last ping. */
  #wasBusy = false;
  #peerWindowBytes: number = INITIAL.windowSize;
  #maxFrameBytes: number = INITIAL.maxFrameSize;
  #isClosing = false;
  #takesNoMore = false;
  #isOver = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    super();
    this.#socket = socket;
    this.#options = options;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.#receive(bytes);
    });
    // A broken connection has nobody left to tell; 'close' follows.
    socket.on('error', () => socket.destroy());
    this.#handshake = setTimeout(() => socket.destroy(), options.handshakeMs);
    socket.once('close', () => {
      clearTimeout(this.#handshake);
      clearTimeout(this.#headersDue);
      this.#isOver = true;
      for (const stream of this.#streams.values()) stream.close();
      this.emit('close');
    });
    this.#writeSettings();
    this.#write(FRAME.windowUpdate, 0, 0, uint32(CONNECTION_WINDOW_BYTES - INITIAL.windowSize));
  }

  get maxFrameBytes(): number {
    return this.#maxFrameBytes;
  }

  get peerWindowBytes(): number {
    return this.#peerWindowBytes;
  }

  get sendWindowBytes(): number {
    return this.#sendWindowBytes;
  }

  takeWindow(bytes: number): void {
    this.#sendWindowBytes -= bytes;
  }

  /** Streams that are open. */
  get openStreams(): number {
    return this.#streams.size;
  }

  /**
   * Closes when the streams that are open have ended, without losing one that is on its way: new ones are taken until the
   * client has said that it knows, or for `noticeMs` (RFC 9113, 6.8). Resolves when no more are taken.
   */
  async close(noticeMs: number): Promise<void> {
    if (this.#isOver) return;
    if (!this.#isClosing) this.#goaway(CODE.noError, '', MAX_UINT31);
    this.#isClosing = true;
    const noticed = new Promise<void>((resolve) => {
      this.ping(resolve);
      this.once('close', resolve);
      setTimeout(resolve, noticeMs).unref();
    });
    await noticed;
    this.#takeNoMore();
  }

  /** From now on resets streams whose answers are complete and of which nothing is read for `afterMs`. */
  dropUnread(afterMs: number): void {
    if (this.#isOver) return;
    for (const stream of this.#streams.values()) stream.isUnread();
    const look = setInterval(() => {
      for (const stream of this.#streams.values()) if (stream.isUnread()) stream.reset(CODE.cancel);
    }, afterMs);
    this.once('close', () => {
      clearInterval(look);
    });
  }

  /** Tells the client why, and closes at once. */
  abort(code: ErrorNumber, reason: string): void {
    if (this.#isOver) return;
    this.#goaway(code, reason, this.#lastTakenId);
    this.#end();
  }

  /** Closes without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Asks the client for a sign of life; `answered` is called when it comes. */
  ping(answered: () => void): void {
    if (this.#isOver) return;
    this.#pings.push(answered);
    this.#write(FRAME.ping, 0, 0, Buffer.alloc(PING_BYTES));
  }

  send(type: number, flags: number, streamId: number, payload: Buffer): void {
    this.#wasBusy = true;
    this.#write(type, flags, streamId, payload);
  }

  #write(type: number, flags: number, streamId: number, payload: Buffer): void {
    if (this.#isOver) return;
    this.#out.push(frameHead(payload.length, type, flags, streamId), payload);
    this.#outBytes += FRAME_HEAD_BYTES + payload.length;
    if (this.#flushIsDue) return;
    this.#flushIsDue = true;
    process.nextTick(() => {
      this.#flush();
    });
  }

  encode(fields: readonly OutgoingField[]): Buffer {
    return this.#encoder.encode(fields);
  }

  consumed(bytes: number): void {
    const grant = this.#receiveWindow.consume(bytes);
    if (grant > 0) this.send(FRAME.windowUpdate, 0, 0, uint32(grant));
  }

  blocked(stream: Http2Stream, by: 'stream' | 'connection'): void {
    (by === 'stream' ? this.#stalled : this.#blocked).add(stream);
  }

  closed(stream: Http2Stream): void {
    this.#streams.delete(stream.id);
    this.#blocked.delete(stream);
    this.#stalled.delete(stream);
    this.#endIfDone();
  }

  #writeSettings(): void {
    const payload = settingsPayload([
      [SETTING.maxConcurrentStreams, inUint32(this.#options.maxStreams)],
      [SETTING.initialWindowSize, STREAM_WINDOW_BYTES],
      [SETTING.maxHeaderListSize, inUint32(this.#options.headersLimitBytes)],
    ]);
    this.#write(FRAME.settings, 0, 0, payload);
  }

  #takeNoMore(): void {
    if (this.#takesNoMore || this.#isOver) return;
    this.#takesNoMore = true;
    this.#goaway(CODE.noError, '', this.#lastTakenId);
    this.#endIfDone();
  }

  #goaway(code: ErrorNumber, reason: string, lastId: number): void {
    const payload = Buffer.alloc(8 + Buffer.byteLength(reason));
    payload.writeUInt32BE(lastId, 0);
    payload.writeUInt32BE(code, 4);
    payload.write(reason, 8);
    this.#write(FRAME.goaway, 0, 0, payload);
  }

  #endIfDone(): void {
    if (this.#takesNoMore && this.#streams.size === 0) this.#end();
  }

  /** Sends what is left and closes. What the client still sends is read and dropped, so that it sees the end. */
  #end(): void {
    if (this.#isOver) return;
    this.#flush();
    this.#isOver = true;
    this.#input = EMPTY;
    for (const stream of this.#streams.values()) stream.close();
    const socket = this.#socket;
    socket.end();
    socket.resume();
    // Not a time without a word: a client that goes on sending would be read for ever.
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => {
      clearTimeout(linger);
    });
  }

  #flush(): void {
    this.#flushIsDue = false;
    const [out, bytes, socket] = [this.#out, this.#outBytes, this.#socket];
    if (this.#isOver || out.length === 0) return;
    this.#out = [];
    this.#outBytes = 0;
    if (bytes <= JOINED_BYTES) socket.write(Buffer.concat(out, bytes));
    else {
      socket.cork();
      for (const chunk of out) socket.write(chunk);
      socket.uncork();
    }
    if (socket.writableLength > LARGEST_BACKLOG_BYTES && !socket.isPaused()) {
      socket.pause();
      socket.once('drain', () => {
        socket.resume();
      });
    }
  }

  #receive(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#input = this.#input.length === 0 ? bytes : Buffer.concat([this.#input, bytes]);
    try {
      if (this.#readPreface()) this.#readFrames();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.abort(error.code, error.message);
    }
  }

  /** False when bytes of it are missing. */
  #readPreface(): boolean {
    if (this.#prefaceRead) return true;
    const got = this.#input.subarray(0, PREFACE.length);
    if (!PREFACE.subarray(0, got.length).equals(got))
      throw new ConnectionError(CODE.protocolError, 'this is no HTTP/2 connection');
    if (got.length < PREFACE.length) return false;
    this.#input = this.#input.subarray(PREFACE.length);
    this.#prefaceRead = true;
    return true;
  }

  #readFrames(): void {
    const input = this.#input;
    let offset = 0;
    for (let frame = frameAt(input, 0); frame !== undefined; frame = frameAt(input, offset)) {
      offset += frame.payload.length + FRAME_HEAD_BYTES;
      this.#handle(frame);
      if (this.#isOver) return;
    }
    this.#input = offset === input.length ? EMPTY : input.subarray(offset);
  }

  #handle(frame: Frame): void {
    if (!this.#settingsRead && frame.type !== FRAME.settings)
      throw new ConnectionError(CODE.protocolError, 'the first frame is not SETTINGS');
    if (this.#partial !== undefined && (frame.type !== FRAME.continuation || frame.streamId !== this.#partial.streamId))
      throw new ConnectionError(CODE.protocolError, 'a frame between HEADERS and their CONTINUATION');
    switch (frame.type) {
      case FRAME.data:
        this.#handleData(frame);
        break;
      case FRAME.headers:
        this.#handleHeaders(frame);
        break;
      case FRAME.priority:
        this.#handlePriority(frame);
        break;
      case FRAME.rstStream:
        this.#handleReset(frame);
        break;
      case FRAME.settings:
        this.#handleSettings(frame);
        break;
      case FRAME.pushPromise:
        throw new ConnectionError(CODE.protocolError, 'PUSH_PROMISE from a client');
      case FRAME.ping:
        this.#handlePing(frame);
        break;
      case FRAME.goaway:
        ofConnection(frame, 'GOAWAY');
        if (frame.payload.length < 8) throw wrongSize('GOAWAY', frame);
        this.#takeNoMore();
        break;
      case FRAME.windowUpdate:
        this.#handleWindowUpdate(frame);
        break;
      case FRAME.continuation:
        this.#handleContinuation(frame);
        break;
      default:
      // Frames of other kinds are no fault (section 5.5).
    }
  }

  #handleData(frame: Frame): void {
    const { payload } = frame;
    ofStream(frame, 'DATA');
    if (!this.#receiveWindow.receive(payload.length))
      throw new ConnectionError(CODE.flowControlError, 'more DATA than the window allows');
    const stream = this.#openStream(frame, 'DATA');
    if (stream === undefined) {
      this.consumed(payload.length);
      return;
    }
    const piece = withoutPadding(frame);
    stream.receive(piece, payload.length - piece.length, (frame.flags & FLAG.endStream) !== 0);
  }

  #handleHeaders(frame: Frame): void {
    ofStream(frame, 'HEADERS');
    const block = new HeaderBlock(frame);
    if ((frame.flags & FLAG.endHeaders) !== 0) {
      this.#handleBlock(block);
      return;
    }
    this.#partial = block;
    this.#headersDue = setTimeout(() => {
      this.abort(CODE.enhanceYourCalm, `headers that took more than ${this.#options.headersMs} ms`);
    }, this.#options.headersMs);
  }

  #handleContinuation(frame: Frame): void {
    const partial = this.#partial;
    if (partial === undefined) throw new ConnectionError(CODE.protocolError, 'CONTINUATION without HEADERS before it');
    partial.continueWith(frame);
    if ((frame.flags & FLAG.endHeaders) === 0) return;
    this.#partial = undefined;
    clearTimeout(this.#headersDue);
    this.#handleBlock(partial);
  }

  #handleBlock({ streamId, endsStream, bytes }: HeaderBlock): void {
    const limit = this.#options.headersLimitBytes;
    // Whatever becomes of the stream: later blocks depend on this one.
    const block = this.#decoder.decode(bytes, limit);
    const open = this.#streams.get(streamId);
    if (open !== undefined) {
      endByTrailers(open, block.fields, endsStream);
      return;
    }
    if (streamId % 2 === 0)
      throw new ConnectionError(CODE.protocolError, `a client cannot begin stream ${streamId}: its numbers are odd`);
    if (streamId <= this.#lastId) {
      this.#refuse(streamId, CODE.streamClosed, bytes.length);
      return;
    }
    this.#lastId = streamId;
    if (this.#takesNoMore || this.#streams.size >= this.#options.maxStreams)
      this.#refuse(streamId, CODE.refusedStream, bytes.length);
    else if (block.sizeBytes <= limit && !areWellFormed(block.fields))
      this.#refuse(streamId, CODE.protocolError, bytes.length);
    else {
      if (block.sizeBytes > limit) this.#waste(bytes.length);
      this.#begin(streamId, new RequestHeaders(block), endsStream);
    }
  }

  #begin(streamId: number, headers: RequestHeaders, isWhole: boolean): void {
    this.#lastTakenId = streamId;
    const stream = new Http2Stream(streamId, this, {
      receiveWindowBytes: STREAM_WINDOW_BYTES,
      isWhole,
    });
    this.#streams.set(streamId, stream);
    this.emit('stream', stream, headers);
    if (isWhole && !stream.isClosed) stream.receiveEnd();
  }

  #handlePriority(frame: Frame): void {
    ofStream(frame, 'PRIORITY');
    if (frame.payload.length !== PRIORITY_BYTES) throw wrongSize('PRIORITY', frame);
  }

  #handleReset(frame: Frame): void {
    ofStream(frame, 'RST_STREAM');
    if (frame.payload.length !== 4) throw wrongSize('RST_STREAM', frame);
    const stream = this.#openStream(frame, 'RST_STREAM');
    if (stream === undefined) return;
    stream.close();
    this.#waste(0);
  }

  #handleSettings(frame: Frame): void {
    const { payload } = frame;
    ofConnection(frame, 'SETTINGS');
    const isAck = (frame.flags & FLAG.ack) !== 0;
    if (isAck && payload.length > 0) throw wrongSize('SETTINGS', frame);
    if (isAck) return;
    this.#settingsRead = true;
    clearTimeout(this.#handshake);
    const windowBefore = this.#peerWindowBytes;
    for (const [setting, value] of readSettings(payload)) this.#apply(setting, value);
    this.#write(FRAME.settings, FLAG.ack, 0, EMPTY);
    // Only now: to the client, what comes before the acknowledgement has to keep to what was before.
    if (this.#peerWindowBytes > windowBefore) this.#followWiderWindow();
  }

  /** Settings of no meaning here are passed over (section 6.5.2). */
  #apply(setting: number, value: number): void {
    if (setting === SETTING.headerTableSize) this.#encoder.limit(value);
    else if (setting === SETTING.enablePush && value > 1) throw wrongSetting('ENABLE_PUSH', value);
    else if (setting === SETTING.maxFrameSize) {
      if (value < INITIAL.maxFrameSize || value >= 2 ** 24) throw wrongSetting('MAX_FRAME_SIZE', value);
      this.#maxFrameBytes = value;
    } else if (setting === SETTING.initialWindowSize) {
      if (value > MAX_UINT31) throw new ConnectionError(CODE.flowControlError, `INITIAL_WINDOW_SIZE of ${value}`);
      this.#peerWindowBytes = value;
    }
  }

  #followWiderWindow(): void {
    // Streams are counted only when there is a doubt: there may be many, and settings come as fast as the client likes.
    if (this.#peerWindowBytes + this.#highestCredit > MAX_UINT31) {
      this.#highestCredit = [...this.#streams.values()].reduce((most, { credit }) => Math.max(most, credit), 0);
      if (this.#peerWindowBytes + this.#highestCredit > MAX_UINT31)
        throw new ConnectionError(CODE.flowControlError, 'a window of more than 2147483647 bytes');
    }
    const stalled = [...this.#stalled];
    this.#stalled.clear();
    for (const stream of stalled) stream.pump();
  }

  #handlePing(frame: Frame): void {
    ofConnection(frame, 'PING');
    if (frame.payload.length !== PING_BYTES) throw wrongSize('PING', frame);
    if ((frame.flags & FLAG.ack) !== 0) {
      this.#pings.shift()?.();
      return;
    }
    this.#write(FRAME.ping, FLAG.ack, 0, frame.payload);
    const wasBusy = this.#wasBusy;
    this.#wasBusy = false;
    this.emit('ping', wasBusy);
  }

  #handleWindowUpdate(frame: Frame): void {
    const { streamId, payload } = frame;
    if (payload.length !== 4) throw wrongSize('WINDOW_UPDATE', frame);
    const bytes = payload.readUInt32BE(0) & MAX_UINT31;
    if (streamId === 0) {
      if (bytes === 0) throw new ConnectionError(CODE.protocolError, 'WINDOW_UPDATE by 0 bytes');
      this.#sendWindowBytes += bytes;
      if (this.#sendWindowBytes > MAX_UINT31)
        throw new ConnectionError(CODE.flowControlError, 'a window of more than 2147483647 bytes');
      this.#pump();
    } else {
      const stream = this.#openStream(frame, 'WINDOW_UPDATE');
      if (stream === undefined) return;
      this.#stalled.delete(stream);
      if (bytes === 0) stream.reset(CODE.protocolError);
      else if (!stream.widen(bytes)) stream.reset(CODE.flowControlError);
      else this.#highestCredit = Math.max(this.#highestCredit, stream.credit);
    }
  }

  /** Each in turn sends what the window of the connection allows; one that cannot finish waits behind the others. */
  #pump(): void {
    for (const stream of this.#blocked) {
      if (this.#sendWindowBytes <= 0) return;
      this.#blocked.delete(stream);
      stream.pump();
    }
  }

  #refuse(streamId: number, code: ErrorNumber, headerBytes: number): void {
    this.#write(FRAME.rstStream, 0, streamId, uint32(code));
    this.#waste(headerBytes);
  }

  /** A call has come to nothing. Throws ConnectionError when they are too many. */
  #waste(headerBytes: number): void {
    const now = performance.now();
    this.#wasted = Math.max(0, this.#wasted - ((now - this.#wastedAt) / 1000) * WASTED_PER_SECOND);
    this.#wastedAt = now;
    this.#wasted += 1 + headerBytes / BYTES_PER_WASTED;
    if (this.#wasted > WASTED_AT_ONCE)
      throw new ConnectionError(CODE.enhanceYourCalm, 'too many calls that come to nothing');
  }

  /** The stream of a frame, undefined when it is over. Throws ConnectionError when it never began. */
  #openStream({ streamId }: Frame, name: string): Http2Stream | undefined {
    if (streamId > this.#lastId || streamId % 2 === 0)
      throw new ConnectionError(CODE.protocolError, `${name} on stream ${streamId}, which never began`);
    return this.#streams.get(streamId);
  }
}

/** Headers behind the body of a request end it; gRPC has no use for what they say. */
function endByTrailers(stream: Http2Stream, fields: readonly Field[], endsStream: boolean): void {
  if (stream.requestEnded) stream.reset(CODE.streamClosed);
  else if (!endsStream || fields.some(({ name }) => name.startsWith(':'))) stream.reset(CODE.protocolError);
  else stream.receiveEnd();
}

/** The nearest number that a setting can hold. */
function inUint32(value: number): number {
  return Math.min(2 ** 32 - 1, Math.max(0, value));
}

function ofStream({ streamId }: Frame, name: string): void {
  if (streamId === 0) throw new ConnectionError(CODE.protocolError, `${name} on stream 0, which is the connection`);
}

function ofConnection({ streamId }: Frame, name: string): void {
  if (streamId !== 0) throw new ConnectionError(CODE.protocolError, `${name} on stream ${streamId}, not on stream 0`);
}

function wrongSize(name: string, { payload }: Frame): ConnectionError {
  return new ConnectionError(CODE.frameSizeError, `${name} of ${payload.length} bytes`);
}

function wrongSetting(name: string, value: number): ConnectionError {
  return new ConnectionError(CODE.protocolError, `${name} of ${value}`);
}
