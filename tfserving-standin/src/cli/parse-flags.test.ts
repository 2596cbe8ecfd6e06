import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFlags } from './parse-flags.js';

function flagsOf(...args: string[]) {
  const parsed = parseFlags(args, 2);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.flags;
}

function problemsOf(...args: string[]): readonly string[] {
  const parsed = parseFlags(args, 2);
  assert.ok(!parsed.ok);
  return parsed.problems;
}

describe('flags', () => {
  it("have TensorFlow Serving's defaults", () => {
    const flags = flagsOf();
    assert.equal(flags.port, 8500);
    assert.equal(flags.rest_api_port, 0);
    assert.equal(flags.rest_api_num_threads, 8);
    assert.equal(flags.grpc_max_threads, 8);
    assert.equal(flags.model_name, 'default');
    assert.equal(flags.load_retry_interval_micros, 60_000_000);
    assert.equal(flags.enable_model_warmup, true);
  });

  it('are read as the kind they are, the last one winning', () => {
    const flags = flagsOf(
      '--port=1',
      '--port=8505',
      '--model_name=a=b',
      '--per_process_gpu_memory_fraction=0.5',
      '--model_base_path=',
    );
    assert.equal(flags.port, 8505);
    assert.equal(flags.model_name, 'a=b');
    assert.equal(flags.per_process_gpu_memory_fraction, 0.5);
    assert.equal(flags.model_base_path, '');
    assert.equal(flagsOf('--load_retry_interval_micros=-1').load_retry_interval_micros, -1);
  });

  it('take booleans alone and as true, false, 1, 0', () => {
    assert.deepEqual(
      [
        '--enable_batching',
        '--enable_batching=true',
        '--enable_batching=1',
        '--enable_batching=false',
        '--enable_batching=0',
      ].map((argument) => flagsOf(argument).enable_batching),
      [true, true, true, false, false],
    );
  });

  it('name every mistake at once', () => {
    assert.deepEqual(
      problemsOf(
        '--enable_batching=yes',
        '--no_such_flag=1',
        '--port',
        '--port=80x',
        '--rest_api_port=4294967296',
        '-port=1',
        'model',
      ),
      [
        "Couldn't interpret value yes for flag enable_batching.",
        'unknown argument: --no_such_flag=1',
        'unknown argument: --port',
        "Couldn't interpret value 80x for flag port.",
        "Couldn't interpret value 4294967296 for flag rest_api_port.",
        'unknown argument: -port=1',
        'unknown argument: model',
      ],
    );
    assert.deepEqual(problemsOf('--constructor=1', '--=1'), [
      'unknown argument: --constructor=1',
      'unknown argument: --=1',
    ]);
  });
});
