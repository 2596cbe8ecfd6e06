import { gunzip, inflate } from 'node:zlib';
import { promisify } from 'node:util';
import { StatusError } from '../status-error.js';

/** A flag (1 = compressed) and a big-endian length stand in front of every message. */
const PREFIX_BYTES = 5;
/** TensorFlow Serving sets gRPC's limit to this, whatever --grpc_channel_arguments says. */
const MAX_MESSAGE_BYTES = 2147483647;
/** What a compressed message may grow to: a few bytes can claim gigabytes. */
const MAX_INFLATED_BYTES = 2 ** 30;

/** Values of grpc-encoding that are understood. */
export const ACCEPTED_ENCODINGS: readonly string[] = ['identity', 'deflate', 'gzip'];

/** What node answers with the option `info`, which its typings do not know. */
interface Expansion {
  readonly buffer: Buffer;
  /** `bytesWritten`: how much of the input was used. */
  readonly engine: { readonly bytesWritten: number };
}

type Expand = (bytes: Buffer, options: { maxOutputLength: number; info: true }) => Promise<Expansion>;

const EXPANDERS: Readonly<Record<string, Expand>> = {
  gzip: promisify(gunzip) as unknown as Expand,
  deflate: promisify(inflate) as unknown as Expand,
};

/** A message as it came, and how it is compressed. */
interface Frame {
  readonly bytes: Buffer;
  readonly compressed: boolean;
}

/** Puts the messages of one call together from the pieces HTTP/2 delivers. */
export class MessageAssembler {
  #pieces: Buffer[] = [];
  #size = 0;

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
  }

  /**
   * The next complete message, or undefined until more has come. Throws INTERNAL for a flag that gRPC does not know and
   * RESOURCE_EXHAUSTED for a message that is too long.
   */
  next(): Frame | undefined {
    if (this.#size < PREFIX_BYTES) return undefined;
    if ((this.#pieces[0]?.length ?? 0) < PREFIX_BYTES) this.#join();
    const [first = Buffer.alloc(0)] = this.#pieces;
    checkFlag(first.readUInt8(0));
    const length = first.readUInt32BE(1);
    if (length > MAX_MESSAGE_BYTES)
      throw new StatusError(
        'RESOURCE_EXHAUSTED',
        `Received message larger than max (${length} vs. ${MAX_MESSAGE_BYTES})`,
      );
    const end = PREFIX_BYTES + length;
    if (this.#size < end) return undefined;
    if (first.length < end) this.#join();
    const [whole = Buffer.alloc(0), ...rest] = this.#pieces;
    this.#pieces = whole.length > end ? [whole.subarray(end), ...rest] : rest;
    this.#size -= end;
    return { bytes: whole.subarray(PREFIX_BYTES, end), compressed: whole[0] === 1 };
  }

  #join(): void {
    this.#pieces = [Buffer.concat(this.#pieces, this.#size)];
  }
}

function checkFlag(flag: number): void {
  if (flag > 1) throw new StatusError('INTERNAL', `Bad GRPC frame type 0x${flag.toString(16).padStart(2, '0')}`);
}

/**
 * The message itself. `encoding` is the call's grpc-encoding; under `identity` gRPC takes a message marked as compressed as
 * it is, and an empty one under all of them. Throws INTERNAL.
 */
export async function expanded({ bytes, compressed }: Frame, encoding: string): Promise<Buffer> {
  const expand = EXPANDERS[encoding];
  if (!compressed || bytes.length === 0 || expand === undefined) return bytes;
  const { buffer, engine } = await expand(bytes, { maxOutputLength: MAX_INFLATED_BYTES, info: true }).catch(() => {
    throw undecompressable(encoding);
  });
  const isSingle = encoding !== 'gzip' || bytes.readUInt32LE(bytes.length - 4) === buffer.length;
  if (engine.bytesWritten !== bytes.length || !isSingle) throw undecompressable(encoding);
  return buffer;
}

function undecompressable(encoding: string): StatusError {
  return new StatusError('INTERNAL', `Unexpected error decompressing data for algorithm ${encoding}`);
}

/** A message as it goes out: never compressed. */
export function framed(message: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}
