import { ClientStream, type StreamEnd } from './client-stream.js';
import type { Field } from './field.js';
import { GatheredBytes } from './gathered-bytes.js';
import { announcedBytes, unframeMessage } from './message-frame.js';
import { CODE } from './protocol.js';

/** gRPC's numbers of what a client meets (grpc/doc/statuscodes.md). */
export const GRPC = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  resourceExhausted: 8,
  internal: 13,
  unavailable: 14,
} as const;

export interface GrpcStatus {
  readonly code: number;
  readonly message: string;
}

/** How a unary call ended. */
export type CallEnd =
  | { readonly kind: 'message'; readonly message: Buffer }
  /** Other than OK. */
  | { readonly kind: 'status'; readonly status: GrpcStatus }
  /** The connection ended, not the call. */
  | { readonly kind: 'lost'; readonly error: Error };

/** A unary gRPC call: a stream of HTTP/2 with one message each way (grpc/doc/PROTOCOL-HTTP2.md). */
export abstract class UnaryCall extends ClientStream {
  readonly #mostBytes: number;
  #received = new GatheredBytes();
  #httpStatus = '';
  #status: GrpcStatus | undefined;

  /** `framed`: the message with its prefix. An answer longer than `mostBytes` is given up. */
  constructor(framed: Buffer, mostBytes: number) {
    super(framed);
    this.#mostBytes = mostBytes;
  }

  /** Called once, and last; not for a call that was given up. */
  abstract onResult(end: CallEnd): void;

  /** In an answer without a message, headers and trailers are the same. */
  onHeaders(fields: readonly Field[]): void {
    this.#status = statusIn(fields) ?? this.#status;
    this.#httpStatus = fields.find(({ name }) => name === ':status')?.value ?? this.#httpStatus;
  }

  onData(piece: Buffer): boolean {
    // memory for the whole message at once, as it says how long it is
    if (this.#received.length === 0)
      this.#received = new GatheredBytes(Math.min(announcedBytes(piece), this.#mostBytes));
    this.#received.append(piece);
    return this.#received.length <= this.#mostBytes;
  }

  onEnd(end: StreamEnd): void {
    if (end.kind === 'lost') this.onResult(end);
    else if (end.kind === 'complete') this.onResult(this.#result());
    else if (end.kind === 'reset') this.onResult(failed(codeOfReset(end.code), `RST_STREAM, code ${end.code}`));
    else this.onResult(failed(GRPC.resourceExhausted, `the answer is longer than ${this.#mostBytes} bytes`));
  }

  #result(): CallEnd {
    const status = this.#status;
    if (status === undefined) return failed(GRPC.unknown, `no gRPC status in the answer (HTTP ${this.#httpStatus})`);
    if (status.code !== GRPC.ok) return { kind: 'status', status };
    try {
      return { kind: 'message', message: unframeMessage(this.#received.bytes) };
    } catch (cause) {
      return failed(GRPC.internal, (cause as Error).message);
    }
  }
}

function failed(code: number, message: string): CallEnd {
  return { kind: 'status', status: { code, message } };
}

/** The status in trailers, or in the headers of an answer that has nothing else; undefined where there is none. */
function statusIn(fields: readonly Field[]): GrpcStatus | undefined {
  const code = fields.find(({ name }) => name === 'grpc-status')?.value;
  if (code === undefined || !/^\d+$/.test(code)) return undefined;
  const message = fields.find(({ name }) => name === 'grpc-message')?.value ?? '';
  return { code: Number(code), message: unescaped(message) };
}

/** grpc-message is percent-encoded; one that is not is taken as it stands. */
function unescaped(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

/** PROTOCOL-HTTP2.md, "Errors". */
function codeOfReset(code: number): number {
  switch (code) {
    case CODE.refusedStream:
      return GRPC.unavailable;
    case CODE.cancel:
      return GRPC.cancelled;
    case CODE.enhanceYourCalm:
      return GRPC.resourceExhausted;
    default:
      return GRPC.internal;
  }
}
