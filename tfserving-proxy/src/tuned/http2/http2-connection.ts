import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { status } from '@grpc/grpc-js';
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
import type { ProxyConfig } from '../../config.js';
import { keepaliveMs, type CallFailure } from '../../grpc-client.js';
import { UnaryCall } from './unary-call.js';

/** Bytes that a server may send ahead: so many that it never waits for us. Each answer has its own limit. */
const WINDOW_BYTES = 2 ** 30;
const HEADERS_LIMIT_BYTES = 64 * 1024;
/** One lost SYN (1 s until it is sent again), and some time. */
const CONNECT_LIMIT_MS = 3000;
const PREFIX_BYTES = 5;
/** grpc-js's text for the end of a connection under a call. */
const DROPPED: CallFailure = { code: status.UNAVAILABLE, details: 'Connection dropped' };
const EMPTY = Buffer.alloc(0);

/** The client's side of one HTTP/2 connection (RFC 9113) with unary gRPC calls on it. */
export class Http2Connection {
  readonly #socket: Socket;
  readonly #config: ProxyConfig;
  readonly #authority: string;
  readonly #onClose: () => void;
  readonly #decoder = new HpackDecoder();
  readonly #encoder = new HpackEncoder();
  readonly #receiveWindow = new ReceiveWindow(WINDOW_BYTES);
  readonly #headers = new Map<string, readonly OutgoingField[]>();
  readonly #calls = new Map<number, UnaryCall>();
  /** Frames that leave together, when all that came in this turn of the event loop has been read. */
  #out: Buffer[] = [];
  /** Bytes of a frame that has not come whole. */
  #input: Buffer = EMPTY;
  #partial: HeaderBlock | undefined;
  #nextId = 1;
  #sendWindowBytes: number = INITIAL.windowSize;
  #peerWindowBytes: number = INITIAL.windowSize;
  #maxFrameBytes: number = INITIAL.maxFrameSize;
  #maxStreams = Number.POSITIVE_INFINITY;
  #takesCalls = true;
  /** When the server was heard of last, or was first expected to be. */
  #heardAtMs = 0;
  #isAsked = false;
  readonly #keepalive: NodeJS.Timeout;

  /** Rejects with the system's error when there is no connection within CONNECT_LIMIT_MS. `onClose`: it takes no more calls. */
  static async open(
    { host, port }: { readonly host: string; readonly port: number },
    config: ProxyConfig,
    onClose: () => void,
  ): Promise<Http2Connection> {
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_LIMIT_MS) }).catch((error: unknown) => {
      socket.destroy();
      throw error;
    });
    return new Http2Connection(socket, `${host}:${port}`, config, onClose);
  }

  private constructor(socket: Socket, authority: string, config: ProxyConfig, onClose: () => void) {
    this.#socket = socket;
    this.#authority = authority;
    this.#config = config;
    this.#onClose = onClose;
    socket.on('data', (bytes: Buffer) => {
      this.#read(bytes);
    });
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => {
      this.close();
    });
    this.#keepalive = setInterval(
      () => {
        this.#checkLife();
      },
      keepaliveMs(config) / 2,
    ).unref();
    socket.write(PREFACE);
    const settings = settingsPayload([
      [SETTING.enablePush, 0],
      [SETTING.initialWindowSize, WINDOW_BYTES],
      [SETTING.maxHeaderListSize, HEADERS_LIMIT_BYTES],
    ]);
    this.#write(FRAME.settings, 0, 0, settings);
    this.#write(FRAME.windowUpdate, 0, 0, uint32(WINDOW_BYTES - INITIAL.windowSize));
  }

  /** Resolves also to what went wrong; an aborted signal ends the call. */
  call(path: string, request: Uint8Array, signal: AbortSignal): Promise<Uint8Array | CallFailure> {
    if (!this.#takesCalls) return Promise.resolve(DROPPED);
    // as a server that is full says it: the call waits for its turn
    if (this.#calls.size >= this.#maxStreams)
      return Promise.resolve({ code: status.RESOURCE_EXHAUSTED, details: 'Server Threadpool Exhausted' });
    if (this.#calls.size === 0) this.#heardAtMs = performance.now();
    const id = this.#nextId;
    this.#nextId += 2;
    if (this.#nextId > MAX_UINT31) this.#retire();
    return new Promise((resolve) => {
      const cancel = (): void => {
        this.#write(FRAME.rstStream, 0, id, uint32(CODE.cancel));
        this.#end(id, { code: status.CANCELLED, details: 'the call was given up' });
      };
      signal.addEventListener('abort', cancel, { once: true });
      const call = new UnaryCall(withPrefix(request), (answer) => {
        signal.removeEventListener('abort', cancel);
        resolve(answer);
      });
      this.#calls.set(id, call);
      this.#write(FRAME.headers, FLAG.endHeaders, id, this.#encoder.encode(this.#headersFor(path)));
      this.#pump(id, call);
    });
  }

  /** Ends all calls. */
  close(): void {
    this.#retire();
    clearInterval(this.#keepalive);
    this.#socket.destroy();
    for (const id of this.#calls.keys()) this.#end(id, DROPPED);
  }

  /** The same array for the same path: it is encoded to a few bytes then. */
  #headersFor(path: string): readonly OutgoingField[] {
    const known = this.#headers.get(path);
    if (known !== undefined) return known;
    const fields = [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', path],
      [':authority', this.#authority],
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
      // the deadline of a call that did not wait; ours ends the others
      ['grpc-timeout', `${this.#config.STUDY_DEADLINE_MS}m`],
    ] as const;
    const headers = fields.map(([name, value]) => ({ name, value, recurs: true }));
    this.#headers.set(path, headers);
    return headers;
  }

  #retire(): void {
    if (!this.#takesCalls) return;
    this.#takesCalls = false;
    this.#onClose();
  }

  #end(id: number, answer: Uint8Array | CallFailure): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.end(answer);
    if (!this.#takesCalls && this.#calls.size === 0) this.#socket.end();
  }

  /** A server that was silent under a call is asked once for a sign of life; then it counts as gone. */
  #checkLife(): void {
    const silentMs = performance.now() - this.#heardAtMs;
    if (this.#calls.size === 0 || silentMs < keepaliveMs(this.#config)) return;
    if (this.#isAsked) this.close();
    else this.#write(FRAME.ping, 0, 0, Buffer.alloc(8));
    this.#isAsked = true;
  }

  #read(bytes: Buffer): void {
    this.#heardAtMs = performance.now();
    this.#isAsked = false;
    const input = this.#input.length === 0 ? bytes : Buffer.concat([this.#input, bytes]);
    let offset = 0;
    try {
      for (let frame = frameAt(input, 0); frame !== undefined; frame = frameAt(input, offset)) {
        offset += FRAME_HEAD_BYTES + frame.payload.length;
        this.#handle(frame);
      }
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.close();
    }
    this.#input = input.subarray(offset);
  }

  #handle(frame: Frame): void {
    const { type, flags, streamId, payload } = frame;
    if (this.#partial !== undefined && (type !== FRAME.continuation || streamId !== this.#partial.streamId))
      throw new ConnectionError(CODE.protocolError, 'a frame between HEADERS and their CONTINUATION');
    switch (type) {
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
        this.#end(streamId, failureOfReset(numberIn(payload)));
        break;
      case FRAME.settings:
        if ((flags & FLAG.ack) === 0) this.#handleSettings(payload);
        break;
      case FRAME.ping:
        if ((flags & FLAG.ack) === 0) this.#write(FRAME.ping, FLAG.ack, 0, payload);
        break;
      case FRAME.goaway: {
        const lastId = numberIn(payload) & MAX_UINT31;
        this.#retire();
        for (const id of this.#calls.keys()) if (id > lastId) this.#end(id, DROPPED);
        if (this.#calls.size === 0) this.close();
        break;
      }
      case FRAME.windowUpdate:
        this.#handleWindowUpdate(streamId, numberIn(payload) & MAX_UINT31);
        break;
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
    if (call === undefined) return;
    call.receive(withoutPadding(frame));
    if (call.receivedBytes > this.#config.STUDY_ANSWER_LIMIT_BYTES + PREFIX_BYTES) {
      this.#write(FRAME.rstStream, 0, streamId, uint32(CODE.cancel));
      const details = `The answer is larger than ${this.#config.STUDY_ANSWER_LIMIT_BYTES} bytes (STUDY_ANSWER_LIMIT_BYTES)`;
      this.#end(streamId, { code: status.RESOURCE_EXHAUSTED, details });
    } else if ((flags & FLAG.endStream) !== 0) this.#complete(streamId, call);
  }

  #handleBlock(block: HeaderBlock, { flags }: Frame): void {
    this.#partial = (flags & FLAG.endHeaders) === 0 ? block : undefined;
    if (this.#partial !== undefined) return;
    // whatever becomes of the call: later blocks depend on this one
    const { fields } = this.#decoder.decode(block.bytes, HEADERS_LIMIT_BYTES);
    const call = this.#calls.get(block.streamId);
    call?.receiveHeaders(fields);
    if (call !== undefined && block.endsStream) this.#complete(block.streamId, call);
  }

  /** The server has ended the stream; it may do so before the request is whole (RFC 9113, 8.1). */
  #complete(id: number, call: UnaryCall): void {
    if (call.sentBytes < call.message.length) this.#write(FRAME.rstStream, 0, id, uint32(CODE.cancel));
    this.#end(id, call.result());
  }

  #handleSettings(payload: Buffer): void {
    for (const [setting, value] of readSettings(payload)) {
      if (setting === SETTING.headerTableSize) this.#encoder.limit(value);
      else if (setting === SETTING.maxConcurrentStreams) this.#maxStreams = value;
      else if (setting === SETTING.maxFrameSize) this.#maxFrameBytes = Math.max(value, INITIAL.maxFrameSize);
      else if (setting === SETTING.initialWindowSize) this.#peerWindowBytes = value;
    }
    this.#write(FRAME.settings, FLAG.ack, 0, EMPTY);
    this.#pumpAll();
  }

  #handleWindowUpdate(streamId: number, bytes: number): void {
    const call = this.#calls.get(streamId);
    if (streamId === 0) this.#sendWindowBytes += bytes;
    else if (call !== undefined) call.credit += bytes;
    this.#pumpAll();
  }

  #pumpAll(): void {
    for (const [id, call] of this.#calls) if (call.sentBytes < call.message.length) this.#pump(id, call);
  }

  /** Sends of a message what the windows allow. */
  #pump(id: number, call: UnaryCall): void {
    while (call.sentBytes < call.message.length) {
      const room = Math.min(this.#peerWindowBytes + call.credit, this.#sendWindowBytes, this.#maxFrameBytes);
      if (room <= 0) return;
      const piece = call.message.subarray(call.sentBytes, call.sentBytes + room);
      call.sentBytes += piece.length;
      call.credit -= piece.length;
      this.#sendWindowBytes -= piece.length;
      this.#write(FRAME.data, call.sentBytes === call.message.length ? FLAG.endStream : 0, id, piece);
    }
  }

  #write(type: number, flags: number, streamId: number, payload: Buffer): void {
    const head = Buffer.allocUnsafe(FRAME_HEAD_BYTES);
    writeFrameHead(head, 0, payload.length, type, flags, streamId);
    if (this.#out.length === 0)
      setImmediate(() => {
        this.#flush();
      });
    this.#out.push(head, payload);
  }

  #flush(): void {
    if (this.#socket.writable) this.#socket.write(Buffer.concat(this.#out));
    this.#out = [];
  }
}

/** A message as gRPC frames it: not compressed, its length. */
function withPrefix(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed.writeUInt8(0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}

function numberIn(payload: Buffer): number {
  if (payload.length < 4) throw new ConnectionError(CODE.frameSizeError, `a payload of ${payload.length} bytes`);
  return payload.readUInt32BE(0);
}

function failureOfReset(code: number): CallFailure {
  const wasRefused = code === CODE.refusedStream;
  return { code: wasRefused ? status.UNAVAILABLE : status.INTERNAL, details: `Received RST_STREAM with code ${code}` };
}
