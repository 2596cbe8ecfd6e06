/** Headers of our own services, in lower case as Node reads them. */
export const HEADERS = {
  /** Response: the version that answered, as a decimal number. */
  modelVersion: 'x-model-version',
  /** Request, tfserving-proxy only: `grpc` or `rest`, overriding the configured upstream for this request. */
  upstream: 'x-study-upstream',
  /** Response: see `ServerTiming`. */
  serverTiming: 'server-timing',
} as const;
