import { gunzip, inflate } from 'node:zlib';
import { promisify } from 'node:util';
import { JoinedBytes } from '../joined-bytes.js';
import { StatusError } from '../status-error.js';

/** A flag (1 = compressed) and a big-endian length stand in front of every message. */
const PREFIX_BYTES = 5;
/** What a byte of deflate can stand for at most. */
const LARGEST_RATIO = 1032;

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
  readonly #bytes = new JoinedBytes();
  readonly #limitBytes: number;

  /** `limitBytes`: of one message. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  push(piece: Buffer): void {
    this.#bytes.push(piece);
  }

  /**
   * The next complete message, or undefined until more has come. Throws INTERNAL for a flag that gRPC does not know and
   * RESOURCE_EXHAUSTED for a message that is too long, as soon as it is announced.
   */
  next(): Frame | undefined {
    if (this.#bytes.length < PREFIX_BYTES) return undefined;
    const start = this.#bytes.start(PREFIX_BYTES);
    const flag = start.readUInt8(0);
    checkFlag(flag);
    const length = start.readUInt32BE(1);
    checkLength(length, this.#limitBytes);
    const end = PREFIX_BYTES + length;
    if (this.#bytes.length < end) return undefined;
    const whole = this.#bytes.take();
    if (whole.length > end) this.#bytes.push(whole.subarray(end));
    return { bytes: whole.subarray(PREFIX_BYTES, end), compressed: flag === 1 };
  }
}

/** In gRPC's words. */
function checkLength(length: number, limitBytes: number): void {
  if (length > limitBytes)
    throw new StatusError('RESOURCE_EXHAUSTED', `Received message larger than max (${length} vs. ${limitBytes})`);
}

function checkFlag(flag: number): void {
  if (flag > 1) throw new StatusError('INTERNAL', `Bad GRPC frame type 0x${flag.toString(16).padStart(2, '0')}`);
}

/** What a compressed message may take. */
export interface ExpansionLimits {
  readonly limitBytes: number;
  /** Called before anything is inflated. Throws when there is no memory. */
  readonly takeMemory: (bytes: number) => void;
}

/**
 * The message itself. `encoding` is the call's grpc-encoding; under `identity` gRPC takes a message marked as compressed as
 * it is, and an empty one under all of them. Rejects with INTERNAL for what does not inflate, RESOURCE_EXHAUSTED for what
 * says that it is too large, and with what `takeMemory` throws.
 */
export async function expanded(
  { bytes, compressed }: Frame,
  encoding: string,
  { limitBytes, takeMemory }: ExpansionLimits,
): Promise<Buffer> {
  const expand = EXPANDERS[encoding];
  if (!compressed || bytes.length === 0 || expand === undefined) return bytes;
  // gzip ends with the size of what it holds.
  const announced = encoding === 'gzip' && bytes.length >= 4 ? bytes.readUInt32LE(bytes.length - 4) : undefined;
  const possible = bytes.length * LARGEST_RATIO;
  if (announced !== undefined && announced > possible) throw undecompressable(encoding);
  checkLength(announced ?? 0, limitBytes);
  const mostBytes = announced ?? Math.min(limitBytes, possible);
  takeMemory(mostBytes);
  const options = { maxOutputLength: Math.max(1, mostBytes), info: true } as const;
  const { buffer, engine } = await expand(bytes, options).catch(() => {
    throw undecompressable(encoding);
  });
  const isSingle = announced === undefined || announced === buffer.length;
  if (engine.bytesWritten !== bytes.length || !isSingle) throw undecompressable(encoding);
  return buffer;
}

function undecompressable(encoding: string): StatusError {
  return new StatusError('INTERNAL', `Unexpected error decompressing data for algorithm ${encoding}`);
}
