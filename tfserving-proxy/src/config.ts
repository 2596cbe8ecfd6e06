import { wholeNumber, type ServiceConfig } from '@serving-study/serving-kit';
import { z } from 'zod';

/** What the proxy reads from its environment, besides the settings that every service has. */
export const PROXY_SETTINGS = {
  /** Which way requests go that do not say so with X-Study-Upstream. */
  STUDY_UPSTREAM: z.enum(['grpc', 'rest']).default('grpc'),
  /** TensorFlow Serving's own default ports. It listens for gRPC on IPv4 only, so not `localhost`. */
  STUDY_TFSERVING_GRPC: z
    .string()
    .regex(/^[^\s/:]+:\d+$|^\[[0-9a-fA-F:]+\]:\d+$/, 'must be host:port')
    .default('127.0.0.1:8500'),
  STUDY_TFSERVING_REST: z
    .url({ protocol: /^http$/, error: 'must be http://host:port' })
    .transform((url) => new URL(url).origin)
    .default('http://127.0.0.1:8501'),
  /** For one request, upload excepted. TensorFlow Serving's own limit for the run behind REST is 30 s too. */
  STUDY_DEADLINE_MS: wholeNumber(1, 3_600_000).default(30_000),
  /** The largest answer taken from upstream. grpc-js would stop at 4 MiB unless told. */
  STUDY_ANSWER_LIMIT_BYTES: wholeNumber(1024, 2 ** 31 - 1).default(268_435_456),
  /** Connections to the REST port at most; more requests wait for one. gRPC needs one connection. */
  STUDY_REST_CONNECTIONS: wholeNumber(1, 65_536).default(256),
} as const;

export type ProxyConfig = ServiceConfig<typeof PROXY_SETTINGS>;
