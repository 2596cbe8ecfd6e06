import {
  CODE,
  ConnectionError,
  FLAG,
  FRAME,
  FRAME_HEAD_BYTES,
  frameAt,
  HeaderBlock,
  HpackDecoder,
  HpackEncoder,
  INITIAL,
  MAX_UINT31,
  PREFACE,
  readSettings,
  ReceiveWindow,
  SETTING,
  settingsPayload,
  uint32,
  withoutPadding,
  writeFrameHead,
  type Frame,
  type OutgoingField,
} from '@serving-study/http2';
import { clock, type Socket, type SocketError, type SocketEvents } from '../../net/index.js';
import { LONGEST_ANSWER_BYTES, type Exchange } from '../driver.js';
import { GatheredBytes } from '../gathered-bytes.js';
import { Call, type CallEnd, type CallOwner } from './call.js';
import { CANCELLED, INTERNAL, RESOURCE_EXHAUSTED, UNAVAILABLE } from './status.js';

/** Bytes that a server may send ahead, of one answer and of all: so many that it never waits for us. */
const WINDOW_BYTES = 2 ** 30;
/** Header fields of an answer that are kept. */
const HEADERS_LIMIT_BYTES = 256 * 1024;
/** Calls at once until the server says otherwise (RFC 9113, 6.5.2 recommends at least as many). */
const FIRST_MAX_STREAMS = 100;
/** Messages that the kernel has not taken yet may hold this much; the rest of a message waits with its call. */
const MOST_UNSENT_BYTES = 2 ** 20;
/** A server that has us answer its frames (PING, SETTINGS) and does not read the answers gets so far. */
const MOST_UNREAD_BYTES = 8 * 2 ** 20;
const OUT_BYTES = 64 * 1024;
const LAST_STREAM_ID = MAX_UINT31;
const EMPTY = Buffer.alloc(0);

export interface ConnectionOptions {
  readonly open: (events: SocketEvents) => Socket;
  /** Headers of every call. */
  readonly headers: readonly OutgoingField[];
  /** A call has ended; its stream is free already, and `exchange.doneAtNs` set. */
  readonly onEnd: (exchange: Exchange, end: CallEnd) => void;
}

/**
 * The client's side of one HTTP/2 connection (RFC 9113) with unary gRPC calls on it. What calls and answers of one turn have
 * to say leaves in one `send`.
 */
export class GrpcConnection implements SocketEvents, CallOwner {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #decoder = new HpackDecoder();
  readonly #encoder = new HpackEncoder();
  readonly #receiveWindow = new ReceiveWindow(WINDOW_BYTES);
  readonly #calls = new Map<number, Call>();
  /** Calls whose message is not all sent, in their order. */
  readonly #unsent = new Set<Call>();
  /** Frames that leave together. */
  #out = new GatheredBytes(OUT_BYTES);
  /** Bytes of a frame that has not come whole. */
  #input: Buffer = EMPTY;
  #isReading = false;
  /** When the bytes being read came. */
  #receivedAtNs = 0;
  #partial: HeaderBlock | undefined;
  #settingsRead = false;
  #nextId = 1;
  #sendWindowBytes: number = INITIAL.windowSize;
  #peerWindowBytes: number = INITIAL.windowSize;
  #maxFrameBytes: number = INITIAL.maxFrameSize;
  #maxStreams = FIRST_MAX_STREAMS;
  #takesNoMore = false;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#socket = options.open(this);
    this.#out.append(PREFACE);
    this.#write(
      FRAME.settings,
      0,
      0,
      settingsPayload([
        [SETTING.enablePush, 0],
        [SETTING.initialWindowSize, WINDOW_BYTES],
        [SETTING.maxHeaderListSize, HEADERS_LIMIT_BYTES],
      ]),
    );
    this.#write(FRAME.windowUpdate, 0, 0, uint32(WINDOW_BYTES - INITIAL.windowSize));
  }

  /** False once the server has said goodbye or the connection is lost: new calls need another one. */
  get takesCalls(): boolean {
    return !this.#takesNoMore && !this.#isClosed;
  }

  get hasRoom(): boolean {
    return this.takesCalls && this.#calls.size < this.#maxStreams;
  }

  /** `message`: length-prefixed. */
  send(exchange: Exchange, message: Buffer): void {
    const call = new Call(this.#nextId, exchange, message, this);
    this.#nextId += 2;
    if (this.#nextId > LAST_STREAM_ID) this.#takesNoMore = true;
    this.#calls.set(call.id, call);
    exchange.carrier = call;
    if (Number.isNaN(exchange.sentAtNs)) exchange.sentAtNs = clock();
    this.#write(FRAME.headers, FLAG.endHeaders, call.id, this.#encoder.encode(this.#options.headers));
    this.#pump(call);
    this.#flush();
  }

  /** Gives a call up. */
  abandon(call: Call): void {
    if (!this.#calls.has(call.id)) return;
    this.#write(FRAME.rstStream, 0, call.id, uint32(CODE.cancel));
    this.#forget(call);
    this.#flush();
  }

  onBytes(bytes: Buffer): void {
    this.#receivedAtNs = clock();
    const input = this.#input.length === 0 ? bytes : Buffer.concat([this.#input, bytes]);
    let offset = 0;
    this.#isReading = true;
    try {
      for (let frame = frameAt(input, 0); frame !== undefined && !this.#isClosed; frame = frameAt(input, offset)) {
        offset += FRAME_HEAD_BYTES + frame.payload.length;
        this.#handle(frame);
      }
      // Copied: the memory is the network's.
      this.#input = offset === input.length ? EMPTY : Buffer.from(input.subarray(offset));
      if (this.#out.length + this.#socket.unsentBytes > MOST_UNREAD_BYTES)
        throw new ConnectionError(CODE.enhanceYourCalm, 'it does not read what it asks for');
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      const isHttp1 = !this.#settingsRead && input.toString('latin1', 0, 5) === 'HTTP/';
      const reason = isHttp1 ? 'answers in HTTP/1' : `breaks the rules of HTTP/2: ${error.message}`;
      this.#lose({ kind: 'lost', errno: 0, reason: `the server ${reason}` });
    } finally {
      this.#isReading = false;
    }
    this.#flush();
  }

  onEnd(): void {
    this.#lose({ kind: 'lost', errno: 0, reason: 'the connection was closed before the answer was whole' });
  }

  onError({ errno, message }: SocketError): void {
    this.#lose({ kind: 'lost', errno, reason: message });
  }

  onDrain(): void {
    this.#flushNow();
    this.#pumpAll();
    this.#flushNow();
  }

  /** Ends all calls and closes. */
  #lose(end: CallEnd): void {
    if (this.#isClosed) return;
    this.#receivedAtNs = clock();
    this.#isClosed = true;
    this.#socket.close();
    for (const call of [...this.#calls.values()]) this.#end(call, end);
  }

  /** The server has ended the stream. */
  #complete(call: Call): void {
    // It may do so before the request is whole: the stream then stays open until our side ends, too (RFC 9113, 8.1).
    if (call.sentBytes < call.message.length) this.#write(FRAME.rstStream, 0, call.id, uint32(CODE.cancel));
    this.#end(call, call.result());
  }

  #end(call: Call, end: CallEnd): void {
    this.#forget(call);
    call.exchange.carrier = undefined;
    call.exchange.doneAtNs = this.#receivedAtNs;
    this.#options.onEnd(call.exchange, end);
  }

  #forget(call: Call): void {
    this.#calls.delete(call.id);
    this.#unsent.delete(call);
    if (!this.#takesNoMore || this.#calls.size > 0) return;
    this.#isClosed = true;
    this.#socket.close();
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
        this.#handleBlock(new HeaderBlock(frame), frame);
        break;
      case FRAME.continuation:
        if (this.#partial === undefined) throw new ConnectionError(CODE.protocolError, 'CONTINUATION without HEADERS');
        this.#partial.continueWith(frame);
        this.#handleBlock(this.#partial, frame);
        break;
      case FRAME.rstStream:
        this.#handleReset(frame);
        break;
      case FRAME.settings:
        this.#handleSettings(frame);
        break;
      case FRAME.ping:
        if ((frame.flags & FLAG.ack) === 0) this.#write(FRAME.ping, FLAG.ack, 0, frame.payload);
        break;
      case FRAME.goaway:
        this.#handleGoaway(frame);
        break;
      case FRAME.windowUpdate:
        this.#handleWindowUpdate(frame);
        break;
      case FRAME.pushPromise:
        throw new ConnectionError(CODE.protocolError, 'PUSH_PROMISE, which was forbidden');
      default:
      // Frames of other kinds are no fault (RFC 9113, 5.5).
    }
  }

  #handleData(frame: Frame): void {
    const { payload, streamId, flags } = frame;
    if (!this.#receiveWindow.receive(payload.length))
      throw new ConnectionError(CODE.flowControlError, 'more DATA than the window allows');
    const grant = this.#receiveWindow.consume(payload.length);
    if (grant > 0) this.#write(FRAME.windowUpdate, 0, 0, uint32(grant));
    const call = this.#calls.get(streamId);
    if (call === undefined) {
      this.#checkBegun(frame, 'DATA');
      return;
    }
    if (!call.hasHeaders) throw new ConnectionError(CODE.protocolError, 'DATA before HEADERS');
    if (!call.receive(withoutPadding(frame), LONGEST_ANSWER_BYTES)) {
      this.#write(FRAME.rstStream, 0, streamId, uint32(CODE.cancel));
      this.#end(call, {
        kind: 'status',
        status: { code: RESOURCE_EXHAUSTED, message: `the answer is longer than ${LONGEST_ANSWER_BYTES} bytes` },
      });
    } else if ((flags & FLAG.endStream) !== 0) this.#complete(call);
  }

  #handleBlock(block: HeaderBlock, { flags }: Frame): void {
    this.#partial = (flags & FLAG.endHeaders) === 0 ? block : undefined;
    if (this.#partial !== undefined) return;
    // Whatever becomes of the call: later blocks depend on this one.
    const { fields } = this.#decoder.decode(block.bytes, HEADERS_LIMIT_BYTES);
    const call = this.#calls.get(block.streamId);
    if (call === undefined) {
      this.#checkBegun(block, 'HEADERS');
      return;
    }
    if (Number.isNaN(call.exchange.firstByteAtNs)) call.exchange.firstByteAtNs = this.#receivedAtNs;
    call.receiveHeaders(fields);
    if (block.endsStream) this.#complete(call);
  }

  #handleReset(frame: Frame): void {
    if (frame.payload.length !== 4) throw new ConnectionError(CODE.frameSizeError, 'RST_STREAM of a wrong size');
    this.#checkBegun(frame, 'RST_STREAM');
    const call = this.#calls.get(frame.streamId);
    if (call === undefined) return;
    const code = frame.payload.readUInt32BE(0);
    this.#end(call, { kind: 'status', status: { code: statusOfReset(code), message: `RST_STREAM, code ${code}` } });
  }

  #handleSettings({ flags, payload }: Frame): void {
    if ((flags & FLAG.ack) !== 0) return;
    // Without a word on it there is no limit (RFC 9113, 6.5.2).
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

  /** Calls that the server has not begun to answer fail, the others go on (RFC 9113, 6.8). */
  #handleGoaway({ payload }: Frame): void {
    if (payload.length < 8) throw new ConnectionError(CODE.frameSizeError, 'GOAWAY of a wrong size');
    this.#takesNoMore = true;
    const lastId = payload.readUInt32BE(0) & MAX_UINT31;
    const text = payload.toString('utf8', 8, 208);
    const reason = `the server said GOAWAY, code ${payload.readUInt32BE(4)}${text === '' ? '' : `: ${text}`}`;
    const lost = [...this.#calls.values()].filter(({ id }) => id > lastId);
    if (lost.length === 0 && this.#calls.size === 0) this.#lose({ kind: 'lost', errno: 0, reason });
    for (const call of lost) this.#end(call, { kind: 'lost', errno: 0, reason });
  }

  #handleWindowUpdate(frame: Frame): void {
    const { streamId, payload } = frame;
    if (payload.length !== 4) throw new ConnectionError(CODE.frameSizeError, 'WINDOW_UPDATE of a wrong size');
    const bytes = payload.readUInt32BE(0) & MAX_UINT31;
    if (streamId === 0) {
      this.#sendWindowBytes += bytes;
      if (this.#sendWindowBytes > MAX_UINT31) throw new ConnectionError(CODE.flowControlError, 'a window beyond 2^31');
      this.#pumpAll();
      return;
    }
    this.#checkBegun(frame, 'WINDOW_UPDATE');
    const call = this.#calls.get(streamId);
    if (call === undefined) return;
    call.credit += bytes;
    this.#pump(call);
  }

  /** @throws ConnectionError for a stream that never began; one that is over may still be spoken of. */
  #checkBegun({ streamId }: { readonly streamId: number }, name: string): void {
    if (streamId >= this.#nextId || streamId % 2 === 0)
      throw new ConnectionError(CODE.protocolError, `${name} on stream ${streamId}, which never began`);
  }

  #pumpAll(): void {
    for (const call of [...this.#unsent]) this.#pump(call);
  }

  /** Sends of a message what the windows and the kernel allow. */
  #pump(call: Call): void {
    while (call.sentBytes < call.message.length) {
      const room = Math.min(
        this.#peerWindowBytes + call.credit,
        this.#sendWindowBytes,
        this.#maxFrameBytes,
        MOST_UNSENT_BYTES - this.#socket.unsentBytes - this.#out.length,
      );
      if (room <= 0) {
        this.#unsent.add(call);
        return;
      }
      const piece = call.message.subarray(call.sentBytes, call.sentBytes + room);
      call.sentBytes += piece.length;
      call.credit -= piece.length;
      this.#sendWindowBytes -= piece.length;
      const isLast = call.sentBytes === call.message.length;
      this.#write(FRAME.data, isLast ? FLAG.endStream : 0, call.id, piece);
      if (this.#out.length >= OUT_BYTES) this.#flushNow();
    }
    this.#unsent.delete(call);
  }

  #write(type: number, flags: number, streamId: number, payload: Buffer): void {
    const at = this.#out.reserve(FRAME_HEAD_BYTES + payload.length);
    const { memory } = this.#out;
    writeFrameHead(memory, at, payload.length, type, flags, streamId);
    memory.set(payload, at + FRAME_HEAD_BYTES);
  }

  #flush(): void {
    // What is said while frames are read leaves behind the last of them.
    if (!this.#isReading) this.#flushNow();
  }

  /** While the socket has unsent bytes, more wait here for `onDrain`. */
  #flushNow(): void {
    if (this.#out.length === 0 || this.#isClosed || this.#socket.unsentBytes > 0) return;
    this.#socket.send(this.#out.bytes);
    // The socket keeps the memory of what the kernel did not take.
    if (this.#socket.unsentBytes > 0) this.#out = new GatheredBytes(OUT_BYTES);
    else this.#out.clear();
  }
}

/** grpc/doc/PROTOCOL-HTTP2.md, "Errors". */
function statusOfReset(code: number): number {
  switch (code) {
    case CODE.refusedStream:
      return UNAVAILABLE;
    case CODE.cancel:
      return CANCELLED;
    case CODE.enhanceYourCalm:
      return RESOURCE_EXHAUSTED;
    default:
      return INTERNAL;
  }
}
