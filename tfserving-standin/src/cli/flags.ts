import { DEFAULT_LIMITS } from '../request-memory.js';
import { bool, float, int32, int64, string, type FlagDefinition } from './flag-kinds.js';

const definitionsFor = (cpus: number) =>
  ({
    port: int32('TCP port of the gRPC API, on all IPv4 addresses; 0 = none', 8500),
    grpc_socket_path: string('UNIX socket on which the gRPC API listens too'),
    rest_api_port: int32('TCP port of the HTTP/REST API; 0 = none. Must differ from --port', 0),
    rest_api_num_threads: int32('REST requests that are handled at the same time, plus one', 4 * cpus),
    rest_api_timeout_in_ms: int32('Time limit of one REST inference; 0 or less = none', 30_000),
    rest_api_enable_cors_support: bool('Answer CORS headers on the REST API'),
    enable_batching: bool('Join requests that wait at the same time into batches'),
    allow_version_labels_for_unavailable_models: bool('Let new labels point at versions that are not available yet'),
    batching_parameters_file: string('Text-format BatchingParameters; needs --enable_batching'),
    enable_per_model_batching_parameters: bool('Read batching_params.pbtxt in the folder of each version instead'),
    model_config_file: string('Text-format ModelServerConfig; --model_name and --model_base_path are ignored with it'),
    model_config_file_poll_wait_seconds: int32('Seconds between two reads of --model_config_file; 0 = read once', 0),
    model_name: string('Name of the single model', 'default'),
    model_base_path: string('Folder of the single model, with one numbered folder per version'),
    num_load_threads: int32('Versions loaded at the same time; 0 = one after another, with everything else', 0),
    num_unload_threads: int32('Versions unloaded at the same time; 0 = one after another, with everything else', 0),
    max_num_load_retries: int32('How often a failed load is tried again', 5),
    load_retry_interval_micros: int64('Time between two tries of a load; negative = none', 60_000_000),
    file_system_poll_wait_seconds: int32(
      'Seconds between two looks for new versions; 0 = one look, negative = none',
      1,
    ),
    flush_filesystem_caches: bool('Accepted; the stand-in keeps no caches of model files', true),
    tensorflow_session_parallelism: int64('Threads inside one op and ops at the same time; 0 = automatic', 0),
    tensorflow_intra_op_parallelism: int64('Threads inside one op; 0 = automatic', 0),
    tensorflow_inter_op_parallelism: int64('Ops at the same time; 0 = automatic', 0),
    tensorflow_session_config_file: string('Not available in the stand-in'),
    ssl_config_file: string('Text-format SSLConfig: serve gRPC over TLS'),
    use_alts_credentials: bool('Not available in the stand-in'),
    platform_config_file: string('Not available in the stand-in'),
    per_process_gpu_memory_fraction: float('Not available in the stand-in', 0),
    saved_model_tags: string('Comma-separated tags of the meta graph to load', 'serve'),
    grpc_channel_arguments: string('Comma-separated name=value arguments of the gRPC server'),
    grpc_max_threads: int32('gRPC calls that are handled at the same time, plus one', 4 * cpus),
    enable_model_warmup: bool('Replay assets.extra/tf_serving_warmup_requests while loading', true),
    num_request_iterations_for_warmup: int32('How often each warm-up request is replayed; 0 = once', 0),
    monitoring_config_file: string('Text-format MonitoringConfig: the Prometheus page on the REST port'),
    remove_unused_fields_from_bundle_metagraph: bool('Accepted; the stand-in keeps only what it needs anyway', true),
    prefer_tflite_model: bool('Not available in the stand-in'),
    num_tflite_pools: int32('Accepted; the stand-in runs no TFLite', cpus),
    num_tflite_interpreters_per_pool: int32('Accepted; the stand-in runs no TFLite', 1),
    enable_signature_method_name_check: bool('Refuse signatures whose method name does not fit the call'),
    enable_profiler: bool('Accepted; the stand-in has no profiler service', true),
    thread_pool_factory_config_file: string('Not available in the stand-in'),
    mixed_precision: string('Not available in the stand-in'),
    skip_initialize_tpu: bool('Accepted; the stand-in uses no TPU'),
    enable_grpc_healthcheck_service: bool('Serve grpc.health.v1.Health'),
    xla_cpu_compilation_enabled: bool('Not available in the stand-in'),
    xla_gpu_compilation_enabled: bool('Not available in the stand-in'),
    enable_serialization_as_tensor_content: bool('Write the outputs of Predict as tensor_content'),
    standin_max_request_bytes: int64(
      'Bytes of one REST body or gRPC message, inflated; more is refused',
      DEFAULT_LIMITS.requestBytes,
    ),
    standin_max_memory_bytes: int64(
      'Bytes of all requests that are held at a time; more are refused',
      DEFAULT_LIMITS.totalBytes,
    ),
    standin_request_timeout_in_ms: int32(
      'Time in which a request has to come, beside a second for each 64 KiB of it',
      DEFAULT_LIMITS.timeoutMs,
    ),
    standin_max_connections: int32('Connections of each port at a time; more are closed', DEFAULT_LIMITS.connections),
    version: bool('Print the version and exit'),
    help: bool('Print this text and exit'),
  }) as const satisfies Record<string, FlagDefinition<string | boolean | number>>;

type Definitions = ReturnType<typeof definitionsFor>;

/**
 * TensorFlow Serving's flags under its names and with its defaults. `cpus` is what sizes the default thread limits: the
 * CPUs this process may be scheduled on.
 */
export function flagDefinitions(cpus: number): Definitions {
  return definitionsFor(cpus);
}

/** The value of every flag, under the flag's own name. */
export type Flags = {
  readonly [Name in keyof Definitions]: Definitions[Name] extends FlagDefinition<infer T> ? T : never;
};
