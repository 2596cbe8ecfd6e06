import assert from 'node:assert/strict';
import { it } from 'node:test';
import { checkFlags } from './check-flags.js';
import { parseFlags } from './parse-flags.js';

function check(...args: string[]): void {
  const parsed = parseFlags(args, 2);
  assert.ok(parsed.ok);
  checkFlags(parsed.flags);
}

it('refuses flags that do not go together, in the words of the real server', () => {
  check('--model_base_path=/m');
  check('--model_base_path=/m', '--grpc_max_threads=1');
  check('--model_config_file=/m.conf', '--port=0', '--grpc_socket_path=/tmp/s');
  const cases: readonly (readonly [string[], RegExp])[] = [
    [[], /^Both server_options.model_base_path and server_options.model_config_file are empty!$/],
    [
      ['--port=0', '--model_base_path=/m'],
      /^At least one of server_options.grpc_port or server_options.grpc_socket_path must be set.$/,
    ],
    [
      ['--model_base_path=/m', '--batching_parameters_file=/b'],
      /without setting server_options.enable_batching to true.$/,
    ],
    [['--model_base_path=/m', '--use_alts_credentials', '--ssl_config_file=/s'], /ssl_config_file must be empty.$/],
    [['--model_base_path=/m', '--grpc_max_threads=0'], /^--grpc_max_threads=0 leaves no thread for gRPC calls/],
    [['--model_base_path=/m', '--grpc_max_threads=-3'], /^--grpc_max_threads=-3 leaves no thread for gRPC calls/],
    [['--model_base_path=/m', '--mixed_precision=bfloat16'], /cannot do what --mixed_precision asks for/],
    [
      [
        '--model_base_path=/m',
        '--tensorflow_session_parallelism=1',
        '--tensorflow_intra_op_parallelism=1',
        '--tensorflow_inter_op_parallelism=1',
      ],
      /^Set either tensorflow_session_parallelism/,
    ],
  ];
  for (const [args, message] of cases)
    assert.throws(
      () => {
        check(...args);
      },
      { code: 'INVALID_ARGUMENT', message },
    );
});
