import type { Field } from '@serving-study/http2';

/** gRPC's status codes by number (grpc/doc/statuscodes.md). */
const NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

export const OK = 0;
export const CANCELLED = 1;
export const UNKNOWN = 2;
export const DEADLINE_EXCEEDED = 4;
export const RESOURCE_EXHAUSTED = 8;
export const INTERNAL = 13;
export const UNAVAILABLE = 14;

export interface GrpcStatus {
  readonly code: number;
  readonly message: string;
}

/** `gRPC NOT_FOUND: Servable not found`, or without a text where the server sent none. */
export function describeStatus({ code, message }: GrpcStatus): string {
  return `gRPC ${NAMES[code] ?? code}${message === '' ? '' : `: ${message}`}`;
}

/** The status in trailers, or in the headers of an answer that has nothing else; undefined where there is none. */
export function statusFromFields(fields: readonly Field[]): GrpcStatus | undefined {
  const code = fields.find(({ name }) => name === 'grpc-status')?.value;
  if (code === undefined || !/^\d+$/.test(code)) return undefined;
  const message = fields.find(({ name }) => name === 'grpc-message')?.value ?? '';
  return { code: Number(code), message: unescaped(message) };
}

/** grpc-message is percent-encoded; one that is not is taken as it stands (grpc/doc/PROTOCOL-HTTP2.md). */
function unescaped(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
