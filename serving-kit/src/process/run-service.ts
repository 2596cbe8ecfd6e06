import type { Logger } from 'pino';
import type { z } from 'zod';
import { ConfigError, loadConfig, maskSecrets } from './config.js';
import { createLogger } from './logger.js';
import { SERVICE_SETTINGS } from './settings.js';

type Output<Shape extends z.ZodRawShape> = Readonly<z.output<z.ZodObject<Shape>>>;

/** A service's configuration: the common settings and its own, by the names of their variables. */
export type ServiceConfig<Own extends z.ZodRawShape> = Output<typeof SERVICE_SETTINGS> & Output<Own>;

/** What a service has started: a RunningServer, or several processes that look like one. */
export interface Running {
  readonly url: string;
  /** Finishes what is in flight within `limitMs`. */
  drain(limitMs: number): Promise<void>;
}

export interface Service<Own extends z.ZodRawShape> {
  readonly name: string;
  /** Variables it reads besides SERVICE_SETTINGS. */
  readonly settings: Own;
  readonly start: (config: ServiceConfig<Own>, logger: Logger) => Promise<Running>;
  /** What the log line with the URL says; default: `listening`. Whoever starts the service waits for that line. */
  readonly readyMessage?: string;
}

/**
 * The life of a service process: read the environment, start, log "listening", and on SIGTERM or SIGINT finish what is in
 * flight and exit with 0. A second signal exits at once. Exit status 2: configuration not usable; 1: could not start.
 */
export async function runService<Own extends z.ZodRawShape>(
  service: Service<Own>,
  host: NodeJS.Process,
): Promise<void> {
  const config = configOrExit(service, host);
  const logger = createLogger(service.name, config.STUDY_LOG_LEVEL);
  logger.info({ config: maskSecrets(config) }, 'configuration');
  let stopping = false;
  let server: Running | undefined;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) host.exit(1);
    stopping = true;
    logger.info({ signal, limitMs: config.STUDY_DRAIN_LIMIT_MS }, 'draining');
    await server?.drain(config.STUDY_DRAIN_LIMIT_MS);
    logger.info('stopped');
    host.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) host.on(signal, () => void stop(signal));
  try {
    server = await service.start(config, logger);
  } catch (error) {
    logger.fatal({ err: error }, 'could not start');
    host.exit(1);
  }
  logger.info({ url: server.url }, service.readyMessage ?? 'listening');
}

function configOrExit<Own extends z.ZodRawShape>(
  { name, settings }: Service<Own>,
  host: NodeJS.Process,
): ServiceConfig<Own> {
  try {
    // spreading loses the tie between the parts and the whole in the types only
    return loadConfig({ ...SERVICE_SETTINGS, ...settings }, host.env) as unknown as ServiceConfig<Own>;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    host.stderr.write(`${name}: ${error.message}\n`);
    return host.exit(2);
  }
}
