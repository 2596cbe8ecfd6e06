import { JSON_SETTINGS, wholeNumber, type ServiceConfig } from '@serving-study/serving-kit';
import { z } from 'zod';

const HOST_AND_PORT = /^(?:[^\s/:,@?#]+|\[[0-9a-fA-F:]+\]):\d+$/;
const IPV4_AND_PORT = /^\d{1,3}(?:\.\d{1,3}){3}:\d+$/;

/** What the proxy reads from its environment, besides the settings that every service has. */
export const PROXY_SETTINGS = {
  ...JSON_SETTINGS,
  /** Which way requests go that do not say so with X-Study-Upstream. */
  STUDY_UPSTREAM: z.enum(['grpc', 'rest']).default('grpc'),
  /** TensorFlow Serving's own default ports. It listens for gRPC on IPv4 only, so not `localhost`. */
  STUDY_TFSERVING_GRPC: list('127.0.0.1:8500', (entries, refuse) => {
    for (const entry of entries)
      if (!HOST_AND_PORT.test(entry)) refuse(`${shown(entry)} must be host:port, without anything else`);
    // grpc-js resolves one name, or takes a list of addresses. A name may stand for several servers.
    if (entries.length > 1 && !entries.every((entry) => IPV4_AND_PORT.test(entry)))
      refuse('several servers are given by IPv4 addresses, or by one name that stands for all of them');
  }),
  STUDY_TFSERVING_REST: list('http://127.0.0.1:8501', (entries, refuse) => {
    for (const entry of entries) {
      const url = URL.canParse(entry) ? new URL(entry) : undefined;
      if (url?.protocol !== 'http:' || url.href !== `${url.origin}/`)
        refuse(`${shown(entry)} must be http://host:port, without path, credentials or query`);
    }
  }),
  /** For one request, upload excepted. TensorFlow Serving's own limit for the run behind REST is 30 s too. */
  STUDY_DEADLINE_MS: wholeNumber(1, 3_600_000).default(30_000),
  /** The largest answer taken from upstream. grpc-js would stop at 4 MiB. */
  STUDY_ANSWER_LIMIT_BYTES: wholeNumber(1024, 2 ** 31 - 1).default(268_435_456),
  /** Connections to the REST port at most; more requests wait for one. gRPC needs one connection. */
  STUDY_REST_CONNECTIONS: wholeNumber(1, 65_536).default(256),
} as const;

export type ProxyConfig = ServiceConfig<typeof PROXY_SETTINGS>;

/** Replicas of the model server, with commas in between: requests go to them in turn. */
function list(
  byDefault: string,
  check: (entries: readonly string[], refuse: (message: string) => void) => void,
): z.ZodType<string[], string | undefined> {
  return z
    .string()
    .default(byDefault)
    .transform((text, context) => {
      const entries = text.split(',').map((entry) => entry.trim());
      check(entries, (message) => {
        context.addIssue({ code: 'custom', message });
      });
      return entries;
    });
}

/** An entry as it may stand in a message: without credentials. */
function shown(entry: string): string {
  return JSON.stringify(entry.replace(/\/\/[^/]*@/, '//***@'));
}
