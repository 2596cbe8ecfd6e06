import { setTimeout as sleep } from 'node:timers/promises';
import { availableParallelism } from 'node:os';
import type protobuf from 'protobufjs';
import { batchingOptions, BatchScheduler } from './batching/index.js';
import type { Flags } from './cli/flags.js';
import {
  metricsPathFromMessage,
  modelServerConfigFromMessage,
  readConfigFile,
  sslConfigFromMessage,
  type ModelServerConfig,
  type SslConfig,
} from './config/index.js';
import type { Log } from './log.js';
import type { Batching, ModelServer } from './models/index.js';
import { StatusError, statusOf } from './status-error.js';

/** The models to start with: those of --model_config_file, or else the one that the flags describe. */
export async function firstConfig(flags: Flags, log: Log): Promise<ModelServerConfig> {
  if (flags.model_config_file !== '') return readModels(flags.model_config_file, log);
  const { model_name: name, model_base_path: basePath } = flags;
  log.info(`Building single TensorFlow model file config:  model_name: ${name} model_base_path: ${basePath}`);
  const model = {
    name,
    basePath,
    platform: 'tensorflow',
    policy: { kind: 'latest', count: 1 },
    labels: new Map<string, bigint>(),
    hasLogging: false,
  } as const;
  return { kind: 'list', models: [model] };
}

/** --model_config_file_poll_wait_seconds: applies the file again and again. Answers how to stop that. */
export function watchConfigFile(flags: Flags, models: ModelServer, log: Log): () => void {
  const stopped = new AbortController();
  const { signal } = stopped;
  const seconds = flags.model_config_file_poll_wait_seconds;
  const watch = async (): Promise<void> => {
    while (await waited(seconds, signal)) {
      try {
        await models.reload(await readModels(flags.model_config_file, log), []);
      } catch (error) {
        const { code, message } = statusOf(error);
        log.error(`PollFilesystemAndReloadConfig failed: ${code}: ${message}`);
      }
    }
  };
  if (seconds > 0 && flags.model_config_file !== '') void watch();
  return () => {
    stopped.abort();
  };
}

/** False when `signal` ended the wait. */
function waited(seconds: number, signal: AbortSignal): Promise<boolean> {
  return sleep(seconds * 1000, true, { signal }).catch(() => false);
}

/** Batching as the flags want it; undefined for none. */
export async function readBatching(flags: Flags, log: Log): Promise<Batching | undefined> {
  if (!flags.enable_batching) return undefined;
  const path = flags.batching_parameters_file;
  const message = path === '' ? undefined : await readMessage(path, 'BatchingParameters', log);
  const options = batchingOptions(message, availableParallelism());
  if (options.threads <= 0)
    throw new StatusError('INVALID_ARGUMENT', `num_batch_threads must be positive; was ${options.threads}`);
  return {
    scheduler: new BatchScheduler(options.threads),
    options: flags.enable_per_model_batching_parameters ? 'per-model' : options,
  };
}

/** Path of the metrics page; undefined for none. */
export async function readMetricsPath(flags: Flags, log: Log): Promise<string | undefined> {
  const path = flags.monitoring_config_file;
  return path === '' ? undefined : metricsPathFromMessage(await readMessage(path, 'MonitoringConfig', log));
}

/** Keys and certificates of the gRPC port; undefined for plain text. */
export async function readTls(flags: Flags, log: Log): Promise<SslConfig | undefined> {
  const path = flags.ssl_config_file;
  return path === '' ? undefined : sslConfigFromMessage(await readMessage(path, 'SSLConfig', log));
}

async function readModels(path: string, log: Log): Promise<ModelServerConfig> {
  const config = modelServerConfigFromMessage(await readMessage(path, 'ModelServerConfig', log));
  if (config.kind === 'custom')
    throw new StatusError('INVALID_ARGUMENT', `${path} has a custom_model_config; only model_config_list is supported`);
  return config.kind === 'none' ? { kind: 'list', models: [] } : config;
}

function readMessage(path: string, typeName: string, log: Log): Promise<protobuf.Message> {
  return readConfigFile(path, typeName, ({ detail }) => {
    log.error(detail);
  });
}
