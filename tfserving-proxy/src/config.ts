import { JSON_SETTINGS, wholeNumber, type ServiceConfig } from '@serving-study/serving-kit';
import { z } from 'zod';

const HOST_AND_PORT = /^(?:[^\s/:,@?#]+|\[[0-9a-fA-F:]+\]):\d+$/;

/** What the proxy reads from its environment, besides the settings that every service has. */
export const PROXY_SETTINGS = {
  ...JSON_SETTINGS,
  /** Which way requests go that do not say so with X-Study-Upstream. */
  STUDY_UPSTREAM: z.enum(['grpc', 'rest']).default('grpc'),
  /** TensorFlow Serving's own default ports. */
  STUDY_TFSERVING_GRPC: list(
    '127.0.0.1:8500',
    'host:port, without anything else',
    (entry) => HOST_AND_PORT.test(entry) && URL.canParse(`http://${entry}`),
  ),
  STUDY_TFSERVING_REST: list(
    'http://127.0.0.1:8501',
    'http://host:port, without path, credentials or query',
    (entry) => {
      const url = URL.canParse(entry) ? new URL(entry) : undefined;
      return url?.protocol === 'http:' && url.href === `${url.origin}/`;
    },
  ),
  /** For one request, upload excepted. TensorFlow Serving's own limit for the run behind REST is 30 s too. */
  STUDY_DEADLINE_MS: wholeNumber(1, 3_600_000).default(30_000),
  /** The largest answer taken from upstream. grpc-js would stop at 4 MiB. */
  STUDY_ANSWER_LIMIT_BYTES: wholeNumber(1024, 2 ** 31 - 1).default(268_435_456),
  /** Connections to the REST port at most; more requests wait for one. gRPC needs one connection. */
  STUDY_REST_CONNECTIONS: wholeNumber(1, 65_536).default(256),
} as const;

export type ProxyConfig = ServiceConfig<typeof PROXY_SETTINGS>;

/** Replicas of the model server, with commas in between; a name stands for all its addresses. */
function list(
  byDefault: string,
  form: string,
  isRight: (entry: string) => boolean,
): z.ZodType<string[], string | undefined> {
  return z
    .string()
    .default(byDefault)
    .transform((text, context) => {
      const entries = text.split(',').map((entry) => entry.trim());
      for (const entry of entries)
        if (!isRight(entry)) context.addIssue({ code: 'custom', message: `${shown(entry)} must be ${form}` });
      return entries;
    });
}

/** An entry as it may stand in a message: without credentials. */
function shown(entry: string): string {
  return JSON.stringify(entry.replace(/\/\/[^/]*@/, '//***@'));
}
