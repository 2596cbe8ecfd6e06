import { FRAME_HEAD_BYTES, ConnectionError, CODE, INITIAL, MAX_UINT31 } from './protocol.js';

/** A frame as it came (RFC 9113, 4.1). `payload` is a view of what was received. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** The nine bytes in front of a payload. */
export function frameHead(length: number, type: number, flags: number, streamId: number): Buffer {
  const head = Buffer.allocUnsafe(FRAME_HEAD_BYTES);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return head;
}

/** A payload that is one 32-bit number. */
export function uint32(value: number): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt32BE(value);
  return payload;
}

/**
 * The frame that begins at `offset`, or undefined when bytes of it are missing. Throws ConnectionError for one that is longer
 * than the 16 KiB that are allowed when nothing else is announced.
 */
export function frameAt(bytes: Buffer, offset: number): Frame | undefined {
  if (bytes.length - offset < FRAME_HEAD_BYTES) return undefined;
  const length = bytes.readUIntBE(offset, 3);
  if (length > INITIAL.maxFrameSize)
    throw new ConnectionError(CODE.frameSizeError, `a frame of ${length} bytes, more than ${INITIAL.maxFrameSize}`);
  const start = offset + FRAME_HEAD_BYTES;
  if (bytes.length < start + length) return undefined;
  return {
    type: bytes.readUInt8(offset + 3),
    flags: bytes.readUInt8(offset + 4),
    streamId: bytes.readUInt32BE(offset + 5) & MAX_UINT31,
    payload: bytes.subarray(start, start + length),
  };
}
