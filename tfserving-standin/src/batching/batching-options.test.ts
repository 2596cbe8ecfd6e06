import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadMessages } from '@serving-study/protos';
import { parseTextFormat } from '../config/text-format/index.js';
import { batchingOptions, checkBatchingOptions } from './batching-options.js';

function optionsOf(text: string) {
  return batchingOptions(parseTextFormat(text, loadMessages().lookupType('tensorflow.serving.BatchingParameters')), 2);
}

function problemOf(text: string): string {
  try {
    checkBatchingOptions(optionsOf(text));
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('batching parameters', () => {
  it("have the real server's defaults", () => {
    const defaults = {
      maxBatchSize: 1000,
      maxExecutionBatchSize: 1000,
      timeoutMs: 0,
      maxEnqueuedBatches: 10,
      threads: 2,
      allowedBatchSizes: [],
      padInputs: false,
      split: false,
    };
    assert.deepEqual(batchingOptions(undefined, 2), defaults);
    assert.deepEqual(optionsOf(''), defaults);
  });

  it('are read from the file', () => {
    const text = `max_batch_size { value: 8 } batch_timeout_micros { value: 1500 } max_enqueued_batches { value: 3 }
      num_batch_threads { value: 4 } allowed_batch_sizes: 2 allowed_batch_sizes: 8 pad_variable_length_inputs: true
      enable_large_batch_splitting { value: true } max_execution_batch_size { value: 2 }`;
    assert.deepEqual(optionsOf(text), {
      maxBatchSize: 8,
      maxExecutionBatchSize: 2,
      timeoutMs: 1.5,
      maxEnqueuedBatches: 3,
      threads: 4,
      allowedBatchSizes: [2, 8],
      padInputs: true,
      split: true,
    });
    assert.equal(
      optionsOf('max_batch_size { value: 8 } max_execution_batch_size { value: 2 }').maxExecutionBatchSize,
      8,
    );
  });

  it('that contradict each other are refused', () => {
    assert.equal(problemOf('max_batch_size { value: 4 } allowed_batch_sizes: [1, 2, 4]'), '');
    assert.equal(
      problemOf('max_batch_size { value: 8 } allowed_batch_sizes: [2, 4]'),
      'Last entry in allowed_batch_sizes must match max_batch_size; last entry was 4; expected 8',
    );
    assert.match(problemOf('max_batch_size { value: 4 } allowed_batch_sizes: [2, 2, 4]'), /monotonically increasing/);
    assert.match(problemOf('max_batch_size { value: 0 }'), /input_batch_size_limit must be positive; was 0/);
    assert.match(problemOf('batch_timeout_micros { value: -1 }'), /batch_timeout_micros must be non-negative; was -1/);
    assert.match(
      problemOf(
        'max_batch_size { value: 4 } enable_large_batch_splitting { value: true } max_execution_batch_size { value: 5 }',
      ),
      /^When enable_large_batch_splitting is true, input_batch_size_limit must be .* max_execution_batch_size\.145$/,
    );
  });

  it('leave room for one batch at least when requests are split', () => {
    assert.equal(problemOf('max_enqueued_batches { value: 0 }'), '');
    assert.equal(
      problemOf('max_enqueued_batches { value: 0 } enable_large_batch_splitting { value: true }'),
      'max_enqueued_batches must be positive; was 0',
    );
    assert.match(
      problemOf('enable_large_batch_splitting { value: true } max_execution_batch_size { value: 0 }'),
      /max_execution_batch_size must be positive; was 0/,
    );
  });
});
