import {
  FLAG,
  FRAME,
  FRAME_HEAD_BYTES,
  frameAt,
  frameHead,
  frameMessage,
  HpackEncoder,
  INITIAL,
  PREFACE,
  ReceiveWindow,
  SETTING,
  settingsPayload,
  uint32,
  type OutgoingField,
} from '@serving-study/http2';
import type { Socket, SocketEvents } from '../net/index.js';

const WINDOW_BYTES = 2 ** 30;
const EMPTY = Buffer.alloc(0);
const HEADERS: readonly OutgoingField[] = [
  { name: ':status', value: '200', recurs: true },
  { name: 'content-type', value: 'application/grpc', recurs: true },
];
const TRAILERS: readonly OutgoingField[] = [{ name: 'grpc-status', value: '0', recurs: true }];

/** Answers every unary call with the same message the moment its own is whole: no more of HTTP/2 than the driver speaks. */
export function instantGrpc(message: Buffer): (socket: Socket) => SocketEvents {
  const framed = frameMessage(message);
  return (socket) => {
    const encoder = new HpackEncoder();
    const window = new ReceiveWindow(WINDOW_BYTES);
    let input: Buffer = EMPTY;
    let prefaceIsRead = false;
    let out: Buffer[] = [];
    const write = (type: number, flags: number, streamId: number, payload: Buffer): void => {
      out.push(frameHead(payload.length, type, flags, streamId), payload);
    };

    function answer(streamId: number): void {
      write(FRAME.headers, FLAG.endHeaders, streamId, encoder.encode(HEADERS));
      for (let at = 0; at < framed.length; at += INITIAL.maxFrameSize)
        write(FRAME.data, 0, streamId, framed.subarray(at, at + INITIAL.maxFrameSize));
      write(FRAME.headers, FLAG.endHeaders | FLAG.endStream, streamId, encoder.encode(TRAILERS));
    }
    const close = (): void => {
      socket.close();
    };
    write(FRAME.settings, 0, 0, settingsPayload([[SETTING.initialWindowSize, WINDOW_BYTES]]));
    write(FRAME.windowUpdate, 0, 0, uint32(WINDOW_BYTES - INITIAL.windowSize));
    return {
      onBytes(bytes) {
        input = input.length === 0 ? bytes : Buffer.concat([input, bytes]);
        let offset = 0;
        if (!prefaceIsRead && input.length >= PREFACE.length) {
          prefaceIsRead = true;
          offset = PREFACE.length;
        }
        for (let frame; prefaceIsRead && (frame = frameAt(input, offset)) !== undefined;) {
          const { type, flags, streamId, payload } = frame;
          offset += FRAME_HEAD_BYTES + payload.length;
          if (type === FRAME.settings && (flags & FLAG.ack) === 0) write(FRAME.settings, FLAG.ack, 0, EMPTY);
          if (type !== FRAME.data) continue;
          window.receive(payload.length);
          const grant = window.consume(payload.length);
          if (grant > 0) write(FRAME.windowUpdate, 0, 0, uint32(grant));
          if ((flags & FLAG.endStream) !== 0) answer(streamId);
        }
        input = offset === input.length ? EMPTY : Buffer.from(input.subarray(offset));
        if (out.length > 0) socket.send(Buffer.concat(out));
        out = [];
      },
      onEnd: close,
      onError: close,
    };
  };
}
