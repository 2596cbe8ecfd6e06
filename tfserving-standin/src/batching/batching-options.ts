import { loadMessages } from '@serving-study/protos';
import type protobuf from 'protobufjs';
import { StatusError } from '../status-error.js';

/** tensorflow.serving.BatchingParameters with its defaults filled in. */
export interface BatchingOptions {
  /** Most rows of one request, and of one batch unless requests may be split. */
  readonly maxBatchSize: number;
  /** Most rows of one batch. */
  readonly maxExecutionBatchSize: number;
  /** How long a batch that is not full waits for more, from its first task. */
  readonly timeoutMs: number;
  /** Most batches of one queue, the open one included. */
  readonly maxEnqueuedBatches: number;
  /** Batches that run at the same time, over all models. */
  readonly threads: number;
  /** Batches are filled up to the next of these sizes; none = not at all. */
  readonly allowedBatchSizes: readonly number[];
  /** Fill inputs of different shapes up to the largest instead of refusing them. */
  readonly padInputs: boolean;
  /** Cut requests that do not fit into the open batch. */
  readonly split: boolean;
}

interface ParametersMessage {
  max_batch_size?: { value?: string };
  batch_timeout_micros?: { value?: string };
  max_enqueued_batches?: { value?: string };
  num_batch_threads?: { value?: string };
  max_execution_batch_size?: { value?: string };
  allowed_batch_sizes?: string[];
  pad_variable_length_inputs?: boolean;
  enable_large_batch_splitting?: { value?: boolean };
}

/** Reads the message `tensorflow.serving.BatchingParameters`; without one, the defaults. */
export function batchingOptions(message: protobuf.Message | undefined, cpus: number): BatchingOptions {
  const type = loadMessages().lookupType('tensorflow.serving.BatchingParameters');
  const parameters: ParametersMessage = message === undefined ? {} : type.toObject(message, { longs: String });
  const number = (field: { value?: string } | undefined, initial: number): number =>
    field === undefined ? initial : Number(field.value ?? 0);
  const split = parameters.enable_large_batch_splitting?.value === true;
  const maxBatchSize = number(parameters.max_batch_size, 1000);
  return {
    maxBatchSize,
    maxExecutionBatchSize: split ? number(parameters.max_execution_batch_size, maxBatchSize) : maxBatchSize,
    timeoutMs: number(parameters.batch_timeout_micros, 0) / 1000,
    maxEnqueuedBatches: number(parameters.max_enqueued_batches, 10),
    threads: number(parameters.num_batch_threads, cpus),
    allowedBatchSizes: (parameters.allowed_batch_sizes ?? []).map(Number),
    padInputs: parameters.pad_variable_length_inputs === true,
    split,
  };
}

/**
 * Throws StatusError INVALID_ARGUMENT for parameters that cannot work together: the model that has them fails to load. Order and
 * texts are those of batching_session.cc and of AddQueue in shared_batch_scheduler.h.
 */
export function checkBatchingOptions(options: BatchingOptions): void {
  const { allowedBatchSizes, maxBatchSize, maxExecutionBatchSize, maxEnqueuedBatches, timeoutMs, split } = options;
  const last = allowedBatchSizes.at(-1);
  if (last !== undefined && last !== maxBatchSize)
    refuse(
      `Last entry in allowed_batch_sizes must match max_batch_size; last entry was ${last}; expected ${maxBatchSize}`,
    );
  if (allowedBatchSizes.some((size, at) => at > 0 && size <= (allowedBatchSizes[at - 1] ?? 0)))
    refuse('allowed_batch_sizes entries must be monotonically increasing');
  if (maxBatchSize <= 0) refuse(`input_batch_size_limit must be positive; was ${maxBatchSize}`);
  if (timeoutMs < 0) refuse(`batch_timeout_micros must be non-negative; was ${timeoutMs * 1000}`);
  // Without splitting 0 is as good as 1.
  if (maxEnqueuedBatches < (split ? 1 : 0)) refuse(`max_enqueued_batches must be positive; was ${maxEnqueuedBatches}`);
  if (maxExecutionBatchSize <= 0) refuse(`max_execution_batch_size must be positive; was ${maxExecutionBatchSize}`);
  if (maxExecutionBatchSize > maxBatchSize)
    refuse(
      'When enable_large_batch_splitting is true, input_batch_size_limit must be greater than or equal to ' +
        `max_execution_batch_size.1${maxBatchSize}${maxExecutionBatchSize}`,
    );
}

function refuse(message: string): never {
  throw new StatusError('INVALID_ARGUMENT', message);
}
