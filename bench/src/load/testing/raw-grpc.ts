import {
  FLAG,
  FRAME,
  FRAME_HEAD_BYTES,
  frameAt,
  frameHead,
  frameMessage,
  HpackDecoder,
  HpackEncoder,
  PREFACE,
  settingsPayload,
  type Frame,
} from '@serving-study/http2';
import type { Socket } from 'node:net';
import { startRawServer, type RawServer } from './raw-server.js';

export interface RawCall {
  readonly streamId: number;
  readonly path: string;
  /** Without its prefix. */
  readonly message: Buffer;
}

export type Fields = Readonly<Record<string, string>>;
type Settings = readonly (readonly [id: number, value: number])[];

export const ANSWER_HEADERS: Fields = { ':status': '200', 'content-type': 'application/grpc' };
/** Of a message. */
const PREFIX_BYTES = 5;
const EMPTY = Buffer.alloc(0);

export function frame(type: number, flags: number, streamId: number, payload: Buffer = EMPTY): Buffer {
  return Buffer.concat([frameHead(payload.length, type, flags, streamId), payload]);
}

/** A header block that uses no table: right at any place. */
export function block(fields: Fields): Buffer {
  return new HpackEncoder().encode(Object.entries(fields).map(([name, value]) => ({ name, value, recurs: false })));
}

export function headers(streamId: number, fields: Fields, endStream = false): Buffer {
  return frame(FRAME.headers, FLAG.endHeaders | (endStream ? FLAG.endStream : 0), streamId, block(fields));
}

export function settings(...values: Settings): Buffer {
  return frame(FRAME.settings, 0, 0, settingsPayload(values));
}

/** All frames of a right answer that holds `message`. */
export function wholeAnswer(streamId: number, message: Buffer): Buffer {
  return Buffer.concat([
    headers(streamId, ANSWER_HEADERS),
    frame(FRAME.data, 0, streamId, frameMessage(message)),
    headers(streamId, { 'grpc-status': '0' }, true),
  ]);
}

/** Reads what a gRPC client sends on one connection. */
export class RawGrpcReader {
  /** Streams that the client has reset. */
  readonly resets: number[] = [];
  /** Called at a call's headers, before its message has come. */
  onBegin: (streamId: number) => void = () => undefined;
  readonly #onCall: (call: RawCall) => void;
  readonly #decoder = new HpackDecoder();
  readonly #paths = new Map<number, string>();
  readonly #messages = new Map<number, Buffer[]>();
  #input = EMPTY;
  #hasPreface = false;

  constructor(onCall: (call: RawCall) => void) {
    this.#onCall = onCall;
  }

  receive(bytes: Buffer): void {
    this.#input = Buffer.concat([this.#input, bytes]);
    if (!this.#hasPreface) {
      if (this.#input.length < PREFACE.length) return;
      this.#hasPreface = true;
      this.#input = this.#input.subarray(PREFACE.length);
    }
    for (let next = frameAt(this.#input, 0); next !== undefined; next = frameAt(this.#input, 0)) {
      this.#input = this.#input.subarray(FRAME_HEAD_BYTES + next.payload.length);
      this.#handle(next);
    }
  }

  #handle({ type, flags, streamId, payload }: Frame): void {
    if (type === FRAME.rstStream) this.resets.push(streamId);
    if (type === FRAME.headers) {
      const { fields } = this.#decoder.decode(payload, Number.MAX_SAFE_INTEGER);
      this.#paths.set(streamId, fields.find(({ name }) => name === ':path')?.value ?? '');
      this.#messages.set(streamId, []);
      this.onBegin(streamId);
    }
    if (type !== FRAME.data) return;
    this.#messages.get(streamId)?.push(Buffer.from(payload));
    if ((flags & FLAG.endStream) === 0) return;
    const message = Buffer.concat(this.#messages.get(streamId) ?? []).subarray(PREFIX_BYTES);
    this.#onCall({ streamId, path: this.#paths.get(streamId) ?? '', message });
  }
}

/** The server's end of one connection. */
export class RawGrpcPeer extends RawGrpcReader {
  readonly socket: Socket;

  constructor(socket: Socket, onCall: (call: RawCall) => void) {
    super(onCall);
    this.socket = socket;
    socket.on('data', (bytes) => {
      this.receive(bytes);
    });
  }

  write(...frames: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }
}

/** A gRPC server that greets and writes what the test says, byte for byte; `index` counts the calls from 0. */
export function startRawGrpc(
  answer: (call: RawCall, peer: RawGrpcPeer, index: number) => void,
  greet: (peer: RawGrpcPeer) => void = (peer) => {
    peer.write(settings());
  },
): Promise<RawServer> {
  let calls = 0;
  return startRawServer((socket) => {
    const peer = new RawGrpcPeer(socket, (call) => {
      answer(call, peer, calls++);
    });
    greet(peer);
  });
}
