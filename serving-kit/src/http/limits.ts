import type { ServerOptions } from 'node:http';
import { ServiceRequest, ServiceResponse } from './messages.js';

/** The limits of a service's HTTP side, by the names of their variables (docs/limits.md). */
export interface HttpLimits {
  readonly STUDY_BODY_LIMIT_BYTES: number;
  readonly STUDY_BODIES_LIMIT_BYTES: number;
  readonly STUDY_HEAD_LIMIT_BYTES: number;
  readonly STUDY_HEAD_TIMEOUT_MS: number;
  readonly STUDY_REQUEST_TIMEOUT_MS: number;
}

/** Longer than any client's idle pool, so that the client and not the server ends idle connections (no reset on reuse). */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
/** How often Node looks for heads and requests that are past their time. */
export const LOOK_EVERY_MS = 500;

export function httpServerOptions(limits: HttpLimits): ServerOptions<typeof ServiceRequest, typeof ServiceResponse> {
  return {
    IncomingMessage: ServiceRequest,
    ServerResponse: ServiceResponse,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    headersTimeout: Math.min(limits.STUDY_HEAD_TIMEOUT_MS, limits.STUDY_REQUEST_TIMEOUT_MS),
    requestTimeout: limits.STUDY_REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: LOOK_EVERY_MS,
    maxHeaderSize: limits.STUDY_HEAD_LIMIT_BYTES,
    // TensorFlow Serving needs none either
    requireHostHeader: false,
  };
}
