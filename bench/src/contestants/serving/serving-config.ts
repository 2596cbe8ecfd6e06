import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, writeAtomically } from '../../run-folder/index.js';
import type { Launch } from '../instance.js';

/**
 * By default a server has four request threads for each CPU, and over gRPC refuses at once whatever comes beyond them: on two
 * CPUs the eighth client would get RESOURCE_EXHAUSTED. Enough threads for every load of the study; REST requests beyond wait.
 */
export const GRPC_THREADS = 160;
export const REST_THREADS = 16;

/** Server-side batching where a cell asks for it. */
export const BATCHING = {
  max_batch_size: 32,
  batch_timeout_micros: 1000,
  max_enqueued_batches: 100,
  num_batch_threads: 2,
} as const;

export const METRICS_PATH = '/monitoring/prometheus/metrics';

/** Writes TensorFlow Serving's configuration files for a launch into a folder beside its log; returns the folder. */
export async function writeServingConfig(launch: Launch, modelBasePath: string, logFile: string): Promise<string> {
  const folder = `${logFile}.config`;
  await makeFolder(folder);
  // In a container the server may run as another user.
  await chmod(folder, 0o755);
  await writeAtomically(
    join(folder, 'models.config'),
    `model_config_list {
  config {
    name: ${JSON.stringify(launch.model)}
    base_path: ${JSON.stringify(modelBasePath)}
    model_platform: "tensorflow"
    model_version_policy { ${versionPolicy(launch)} }
  }
}
`,
  );
  await writeAtomically(
    join(folder, 'monitoring.config'),
    `prometheus_config { enable: true, path: "${METRICS_PATH}" }\n`,
  );
  if (batching(launch)) await writeAtomically(join(folder, 'batching.config'), batchingParameters());
  return folder;
}

/** TensorFlow Serving's flags for a launch, ports apart. */
export function servingFlags(launch: Launch, configFolder: string): string[] {
  const { intraOpThreads, interOpThreads } = launch.factors;
  return [
    `--model_config_file=${configFolder}/models.config`,
    `--monitoring_config_file=${configFolder}/monitoring.config`,
    '--file_system_poll_wait_seconds=1',
    `--grpc_max_threads=${GRPC_THREADS}`,
    `--rest_api_num_threads=${REST_THREADS}`,
    ...(batching(launch)
      ? ['--enable_batching=true', `--batching_parameters_file=${configFolder}/batching.config`]
      : []),
    ...(intraOpThreads === undefined ? [] : [`--tensorflow_intra_op_parallelism=${intraOpThreads}`]),
    ...(interOpThreads === undefined ? [] : [`--tensorflow_inter_op_parallelism=${interOpThreads}`]),
  ];
}

/** A pinned version is served alone; `followLatest` lets new versions replace it, as a deployment would. */
function versionPolicy(launch: Launch): string {
  return launch.factors['followLatest'] === true
    ? 'latest { num_versions: 1 }'
    : `specific { versions: ${launch.modelVersion} }`;
}

function batching(launch: Launch): boolean {
  return launch.factors['batching'] === true;
}

function batchingParameters(): string {
  return Object.entries(BATCHING)
    .map(([name, value]) => `${name} { value: ${value} }\n`)
    .join('');
}
