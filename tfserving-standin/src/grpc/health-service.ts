import { once } from 'node:events';
import { MalformedMessage } from '../messages/malformed-message.js';
import { ReverseWriter } from '../messages/reverse-writer.js';
import { WIRE, WireReader } from '../messages/wire-reader.js';
import { StatusError } from '../status-error.js';
import type { Method } from './call.js';

const SERVING = 1;
const SERVICE_UNKNOWN = 3;
/** Longer names are refused (gRPC's default_health_check_service.cc). */
const MAX_NAME_BYTES = 200;

/** TensorFlow Serving registers its services without their package. Models have no part in it. */
const KNOWN = new Set(['', 'ModelService', 'PredictionService']);

/** grpc.health.v1.Health as gRPC's own default service for C++ servers answers it. */
export function healthService(): Map<string, Method> {
  return new Map<string, Method>([
    [
      '/grpc.health.v1.Health/Check',
      {
        kind: 'unary',
        takesThread: false,
        isLarge: false,
        handler: (bytes) => {
          if (!KNOWN.has(readService(bytes, 'INVALID_ARGUMENT')))
            throw new StatusError('NOT_FOUND', 'service name unknown');
          return Promise.resolve(statusMessage(SERVING));
        },
      },
    ],
    [
      '/grpc.health.v1.Health/Watch',
      {
        kind: 'streaming',
        takesThread: false,
        isLarge: false,
        handler: async function* (requests, over) {
          let service: string | undefined;
          for await (const bytes of requests) {
            service = readService(bytes, 'INTERNAL');
            break;
          }
          if (service === undefined) return;
          yield statusMessage(KNOWN.has(service) ? SERVING : SERVICE_UNKNOWN);
          // It never changes: the call stays open until the client or its deadline ends it.
          if (!over.aborted) await once(over, 'abort');
        },
      },
    ],
  ]);
}

/** `refusal`: the code of what Check and Watch say alike about a message or name that they do not take. */
function readService(bytes: Buffer, refusal: 'INVALID_ARGUMENT' | 'INTERNAL'): string {
  let service = '';
  try {
    const reader = new WireReader(bytes);
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === ((1 << 3) | WIRE.bytes)) service = reader.text();
      else reader.skip(tag);
    }
  } catch (cause) {
    if (cause instanceof MalformedMessage) throw new StatusError(refusal, 'could not parse request');
    throw cause;
  }
  if (Buffer.byteLength(service) > MAX_NAME_BYTES) throw new StatusError(refusal, 'could not parse request');
  return service;
}

function statusMessage(status: number): Buffer {
  const writer = new ReverseWriter(8);
  writer.varint(status);
  writer.tag(1, WIRE.varint);
  return writer.finish();
}
