import type { ServerOptions } from 'node:http';

/** The HTTP limits of our services, all explicit: a default that bites belongs where it can be read. */
export const HTTP_LIMITS = {
  /** Longer than any client's idle pool, so that the client and not the server ends idle connections (no reset on reuse). */
  keepAliveTimeoutMs: 75_000,
  headersTimeoutMs: 60_000,
  /** For the whole request, body included: 100 MiB over 3 Mbit/s. */
  requestTimeoutMs: 300_000,
  maxHeaderBytes: 16 * 1024,
} as const;

/**
 * Default for STUDY_BODY_LIMIT_BYTES: 100 MiB, the size to which TensorFlow Serving inflates a compressed body at most.
 * One 224x224x3 image is about 3 MB of JSON digits.
 */
export const DEFAULT_BODY_LIMIT_BYTES = 104_857_600;

export const httpServerOptions: ServerOptions = {
  keepAliveTimeout: HTTP_LIMITS.keepAliveTimeoutMs,
  headersTimeout: HTTP_LIMITS.headersTimeoutMs,
  requestTimeout: HTTP_LIMITS.requestTimeoutMs,
  maxHeaderSize: HTTP_LIMITS.maxHeaderBytes,
  // TensorFlow Serving needs none either
  requireHostHeader: false,
};
