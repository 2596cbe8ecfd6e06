import { CODE, ConnectionError, FLAG, FRAME_HEAD_BYTES, INITIAL, MAX_UINT31, SETTING_BYTES } from './protocol.js';

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
  writeFrameHead(head, 0, length, type, flags, streamId);
  return head;
}

/** The same, written into `memory` at `offset`. */
export function writeFrameHead(
  memory: Buffer,
  offset: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  memory[offset] = length >>> 16;
  memory[offset + 1] = length >>> 8;
  memory[offset + 2] = length;
  memory[offset + 3] = type;
  memory[offset + 4] = flags;
  memory.writeUInt32BE(streamId, offset + 5);
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

/** The payload of DATA or HEADERS without its padding (RFC 9113, 6.1). @throws ConnectionError when there is less of it. */
export function withoutPadding({ flags, payload }: Frame): Buffer {
  if ((flags & FLAG.padded) === 0) return payload;
  const end = payload.length - (payload[0] ?? payload.length);
  if (end < 1) throw new ConnectionError(CODE.protocolError, 'more padding than payload');
  return payload.subarray(1, end);
}

const PRIORITY_BYTES = 5;

/** What a HEADERS frame holds of its header block: no padding, no priority. @throws ConnectionError when it is too short. */
function headerFragment(frame: Frame): Buffer {
  const fragment = withoutPadding(frame);
  if ((frame.flags & FLAG.priority) === 0) return fragment;
  if (fragment.length < PRIORITY_BYTES)
    throw new ConnectionError(CODE.frameSizeError, `HEADERS of ${frame.payload.length} bytes`);
  return fragment.subarray(PRIORITY_BYTES);
}

/** Encoded headers of one message; they are small unless someone means harm. */
const LARGEST_BLOCK_BYTES = 256 * 1024;
/** Of so many frames: empty ones would never reach a limit of bytes. */
const LARGEST_BLOCK_PIECES = 256;

/** A header block that comes in a HEADERS frame and any number of CONTINUATION frames (RFC 9113, 6.10). */
export class HeaderBlock {
  readonly streamId: number;
  readonly endsStream: boolean;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(headers: Frame) {
    this.streamId = headers.streamId;
    this.endsStream = (headers.flags & FLAG.endStream) !== 0;
    const fragment = headerFragment(headers);
    // Copied where more of the block follows: until then the memory may be received into again.
    this.#add((headers.flags & FLAG.endHeaders) === 0 ? Buffer.from(fragment) : fragment);
  }

  /** @throws ConnectionError when the block becomes larger than headers are. */
  continueWith({ payload }: Frame): void {
    this.#add(Buffer.from(payload));
    if (this.#bytes <= LARGEST_BLOCK_BYTES && this.#pieces.length <= LARGEST_BLOCK_PIECES) return;
    throw new ConnectionError(
      CODE.enhanceYourCalm,
      `headers of more than ${LARGEST_BLOCK_BYTES} bytes, or in more than ${LARGEST_BLOCK_PIECES} pieces`,
    );
  }

  get bytes(): Buffer {
    const [first] = this.#pieces;
    return first !== undefined && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
  }

  #add(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }
}

type Setting = readonly [id: number, value: number];

/** The payload of a SETTINGS frame. */
export function settingsPayload(settings: readonly Setting[]): Buffer {
  const payload = Buffer.alloc(settings.length * SETTING_BYTES);
  settings.forEach(([id, value], index) => {
    payload.writeUInt16BE(id, index * SETTING_BYTES);
    payload.writeUInt32BE(value, index * SETTING_BYTES + 2);
  });
  return payload;
}

/** The settings in a payload, in their order. @throws ConnectionError when its length is not a multiple of six. */
export function readSettings(payload: Buffer): Setting[] {
  if (payload.length % SETTING_BYTES !== 0)
    throw new ConnectionError(CODE.frameSizeError, `SETTINGS of ${payload.length} bytes`);
  return Array.from({ length: payload.length / SETTING_BYTES }, (_, index) => [
    payload.readUInt16BE(index * SETTING_BYTES),
    payload.readUInt32BE(index * SETTING_BYTES + 2),
  ]);
}
