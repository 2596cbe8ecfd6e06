import type { ModelManager } from '../core.js';
import type { Metrics } from '../metrics/index.js';
import type { RequestMemory } from '../request-memory.js';
import { startHttpServer, type HttpServer } from './http/http-server.js';
import { restApi } from './rest-api.js';

export interface RestOptions {
  readonly manager: ModelManager;
  readonly metrics: Metrics;
  readonly memory: RequestMemory;
  /** 0 = any free port. */
  readonly port: number;
  /** --rest_api_num_threads: one of them is the real server's event loop, the others handle requests. */
  readonly threads: number;
  /** --rest_api_timeout_in_ms; 0 or less = no limit. */
  readonly timeoutMs: number;
  readonly cors: boolean;
  /** Path of the metrics page; undefined = none. */
  readonly metricsPath: string | undefined;
  /** --enable_signature_method_name_check. */
  readonly checkMethodName: boolean;
  /** Address to listen on; all addresses if absent. */
  readonly host?: string;
}

/**
 * Opens the REST port. Rejects when it cannot be had. With one thread the real server never answers; here that thread
 * handles requests.
 */
export function startRest(options: RestOptions): Promise<HttpServer> {
  const handler = restApi({
    ...options,
    concurrency: Math.max(1, options.threads - 1),
    timeoutMs: Math.max(0, options.timeoutMs),
  });
  return startHttpServer({ ...options, handler });
}
