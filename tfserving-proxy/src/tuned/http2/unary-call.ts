import { status } from '@grpc/grpc-js';
import type { Field } from '@serving-study/http2';
import type { CallFailure } from '../../grpc-client.js';

const PREFIX_BYTES = 5;

/** A unary gRPC call and what has come of its answer: a stream of HTTP/2. */
export class UnaryCall {
  /** Length-prefixed. */
  readonly message: Buffer;
  readonly end: (answer: Uint8Array | CallFailure) => void;
  sentBytes = 0;
  /** What the server has widened the stream's window by, less what was sent (RFC 9113, 6.9). */
  credit = 0;
  receivedBytes = 0;
  readonly #pieces: Buffer[] = [];
  readonly #fields = new Map<string, string>();

  constructor(message: Buffer, end: (answer: Uint8Array | CallFailure) => void) {
    this.message = message;
    this.end = end;
  }

  receive(piece: Buffer): void {
    this.#pieces.push(piece);
    this.receivedBytes += piece.length;
  }

  /** Headers or trailers: in an answer without a message they are the same. */
  receiveHeaders(fields: readonly Field[]): void {
    for (const { name, value } of fields) this.#fields.set(name, value);
  }

  /** What the call comes to, now that the stream has ended. */
  result(): Uint8Array | CallFailure {
    const code = this.#fields.get('grpc-status');
    if (code === undefined) {
      const details = `The answer has no gRPC status (HTTP ${this.#fields.get(':status') ?? ''})`;
      return { code: status.UNKNOWN, details };
    }
    if (code !== '0') return { code: Number(code), details: decoded(this.#fields.get('grpc-message') ?? '') };
    const [only = Buffer.alloc(0)] = this.#pieces;
    const bytes = this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : only;
    const isWhole = bytes.length >= PREFIX_BYTES && bytes[0] === 0;
    if (!isWhole || bytes.readUInt32BE(1) !== bytes.length - PREFIX_BYTES)
      return { code: status.INTERNAL, details: 'The answer is not one uncompressed message' };
    return bytes.subarray(PREFIX_BYTES);
  }
}

/** `grpc-message` is UTF-8 with percent signs for what HTTP would not carry; a broken escape stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
