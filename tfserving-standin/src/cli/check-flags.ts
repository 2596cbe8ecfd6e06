import { StatusError } from '../status-error.js';
import { flagDefinitions, type Flags } from './flags.js';

/** Flags of the real server whose effect the stand-in cannot give. Set to anything but the default, they are refused. */
const UNAVAILABLE = [
  'use_alts_credentials',
  'platform_config_file',
  'tensorflow_session_config_file',
  'per_process_gpu_memory_fraction',
  'prefer_tflite_model',
  'thread_pool_factory_config_file',
  'mixed_precision',
  'xla_cpu_compilation_enabled',
  'xla_gpu_compilation_enabled',
] as const satisfies readonly (keyof Flags)[];

const LIMITS = [
  'standin_max_request_bytes',
  'standin_max_memory_bytes',
  'standin_request_timeout_in_ms',
  'standin_max_connections',
] as const satisfies readonly (keyof Flags)[];

/** Throws StatusError INVALID_ARGUMENT when the flags do not go together, in the real server's order and words. */
export function checkFlags(flags: Flags): void {
  if (flags.port === 0 && flags.grpc_socket_path === '')
    refuse('At least one of server_options.grpc_port or server_options.grpc_socket_path must be set.');
  if (flags.use_alts_credentials && flags.ssl_config_file !== '')
    refuse('Either use_alts_credentials must be false or ssl_config_file must be empty.');
  if (flags.model_base_path === '' && flags.model_config_file === '')
    refuse('Both server_options.model_base_path and server_options.model_config_file are empty!');
  if (!flags.enable_batching && flags.batching_parameters_file !== '')
    refuse('server_options.batching_parameters_file is set without setting server_options.enable_batching to true.');
  const threads = [
    flags.tensorflow_session_parallelism,
    flags.tensorflow_intra_op_parallelism,
    flags.tensorflow_inter_op_parallelism,
  ];
  if (threads.every((count) => count > 0))
    refuse(
      'Set either tensorflow_session_parallelism, or tensorflow_intra_op_parallelism and tensorflow_inter_op_parallelism.',
    );
  // The real server crashes.
  if (flags.grpc_max_threads < 1)
    refuse(`--grpc_max_threads=${flags.grpc_max_threads} leaves no thread for gRPC calls; n threads run n-1 of them.`);
  for (const name of LIMITS) if (flags[name] < 1) refuse(`--${name}=${flags[name]} lets no request in.`);
  const defaults = flagDefinitions(1);
  for (const name of UNAVAILABLE)
    if (flags[name] !== defaults[name].initial) refuse(`tfserving-standin cannot do what --${name} asks for.`);
}

function refuse(message: string): never {
  throw new StatusError('INVALID_ARGUMENT', message);
}
