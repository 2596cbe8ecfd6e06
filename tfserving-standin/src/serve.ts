import { availableParallelism } from 'node:os';
import type { EngineLibrary } from '@serving-study/runtime';
import { checkFlags } from './cli/check-flags.js';
import type { Flags } from './cli/flags.js';
import { firstConfig, readBatching, readMetricsPath, readTls, watchConfigFile } from './config-files.js';
import { startGrpc, type GrpcServer } from './grpc/index.js';
import type { Log } from './log.js';
import { Metrics } from './metrics/index.js';
import { loadVersion, ModelServer, type ModelLoaderOptions } from './models/index.js';
import { RequestMemory } from './request-memory.js';
import { startRest, type HttpServer } from './rest/index.js';
import { StatusError } from './status-error.js';

export interface ServeOptions {
  readonly library: EngineLibrary;
  readonly log: Log;
}

export interface StandinServer {
  /** Takes no new requests, finishes those under way. */
  close(): Promise<void>;
}

/** How long a reload waits for a new model whose files are not there; the real server waits for ever. */
const MISSING_MODEL_TIMEOUT_MS = 30_000;

/** Loads all models, then opens the gRPC port, then the REST port. Rejects with StatusError when the server cannot start. */
export async function serve(flags: Flags, { library, log }: ServeOptions): Promise<StandinServer> {
  checkFlags(flags);
  const config = await firstConfig(flags, log);
  const metrics = new Metrics();
  const models = await modelServer(flags, metrics, library, log);
  await models.start(config);
  const shared = { models, metrics, memory: requestMemory(flags), log };
  const grpc = await openGrpc(flags, shared);
  const rest = await openRest(flags, shared);
  const stopWatching = watchConfigFile(flags, models, log);
  return {
    close: async () => {
      stopWatching();
      models.stop();
      await Promise.all([grpc.close(), rest?.close()]);
    },
  };
}

async function modelServer(flags: Flags, metrics: Metrics, library: EngineLibrary, log: Log): Promise<ModelServer> {
  const batching = await readBatching(flags, log);
  const loader: ModelLoaderOptions = {
    engine: { library, ...sessionThreads(flags), tags: flags.saved_model_tags.split(',') },
    metrics,
    log,
    ...(batching === undefined ? {} : { batching }),
    warmupIterations: flags.enable_model_warmup ? Math.max(1, flags.num_request_iterations_for_warmup) : 0,
  };
  return new ModelServer({
    load: (version) => loadVersion(version, loader),
    metrics,
    log,
    pollSeconds: flags.file_system_poll_wait_seconds,
    startupLoads: 4 * availableParallelism(),
    loads: Math.max(0, flags.num_load_threads),
    unloads: Math.max(0, flags.num_unload_threads),
    maxRetries: flags.max_num_load_retries,
    retryIntervalMs: flags.load_retry_interval_micros / 1000,
    allowLabelsForUnavailable: flags.allow_version_labels_for_unavailable_models,
    missingModelTimeoutMs: MISSING_MODEL_TIMEOUT_MS,
  });
}

/** The session flag sets both numbers of threads; either of the others replaces it. */
function sessionThreads(flags: Flags): { intraOpThreads: number; interOpThreads: number } {
  const { tensorflow_session_parallelism: both } = flags;
  const intra = flags.tensorflow_intra_op_parallelism;
  const inter = flags.tensorflow_inter_op_parallelism;
  return intra > 0 || inter > 0
    ? { intraOpThreads: intra, interOpThreads: inter }
    : { intraOpThreads: both, interOpThreads: both };
}

/** What both ports serve with. */
interface Shared {
  readonly models: ModelServer;
  readonly metrics: Metrics;
  readonly memory: RequestMemory;
  readonly log: Log;
}

function requestMemory(flags: Flags): RequestMemory {
  return new RequestMemory({
    requestBytes: flags.standin_max_request_bytes,
    totalBytes: flags.standin_max_memory_bytes,
    timeoutMs: flags.standin_request_timeout_in_ms,
    connections: flags.standin_max_connections,
  });
}

async function openGrpc(flags: Flags, { models, metrics, memory, log }: Shared): Promise<GrpcServer> {
  const tls = await readTls(flags, log);
  const port = flags.port === 0 ? undefined : flags.port;
  const server = await startGrpc({
    manager: models,
    metrics: metrics.serving,
    memory,
    reload: (config, metricNames) => models.reload(config, metricNames),
    port,
    socketPath: flags.grpc_socket_path,
    maxThreads: flags.grpc_max_threads,
    health: flags.enable_grpc_healthcheck_service,
    channelArguments: flags.grpc_channel_arguments,
    ...(tls === undefined ? {} : { tls }),
    asTensorContent: flags.enable_serialization_as_tensor_content,
    checkMethodName: flags.enable_signature_method_name_check,
  });
  if (port !== undefined) log.info(`Running gRPC ModelServer at 0.0.0.0:${port} ...`);
  if (flags.grpc_socket_path !== '') log.info(`Running gRPC ModelServer at unix:${flags.grpc_socket_path} ...`);
  return server;
}

/** As with the real server, a REST port that cannot be had is only an error in the log; gRPC goes on. */
async function openRest(flags: Flags, { models, metrics, memory, log }: Shared): Promise<HttpServer | undefined> {
  const port = flags.rest_api_port;
  if (port === 0) return undefined;
  if (port === flags.port) {
    log.error(
      'server_options.http_port cannot be same as grpc_port. Please use a different port for HTTP/REST API. ' +
        'Skipped exporting HTTP/REST API.',
    );
    return undefined;
  }
  const metricsPath = await readMetricsPath(flags, log);
  try {
    const server = await startRest({
      manager: models,
      metrics,
      memory,
      port,
      threads: flags.rest_api_num_threads,
      timeoutMs: flags.rest_api_timeout_in_ms,
      cors: flags.rest_api_enable_cors_support,
      metricsPath,
      checkMethodName: flags.enable_signature_method_name_check,
    });
    log.info(`Exporting HTTP/REST API at:localhost:${port} ...`);
    return server;
  } catch (error) {
    if (error instanceof StatusError) throw error;
    log.error(`Failed to start HTTP Server at localhost:${port}: ${String(error)}`);
    return undefined;
  }
}
