import type { ErrorCode } from '@serving-study/runtime';
import { Counter } from './counter.js';
import { Histogram, type Buckets } from './histogram.js';
import type { Metric } from './metric.js';

/** 10 µs to 25 min. */
const LATENCY: Buckets = { scale: 10, growth: 1.8, count: 33 };
/** 100 µs to 1 s. */
const QUEUEING: Buckets = { scale: 100, growth: 1.2, count: 52 };
const BATCH_SIZES: Buckets = { scale: 1, growth: 2, count: 14 };

/** Failed requests may name anything: these limits keep the page, and what is kept for it, small. */
const MOST_FAILED_NAMES = 1000;
const LONGEST_FAILED_NAME = 256;
/** What those beyond the limits are counted under. */
const OTHER = '(other)';

export interface FinishedRequest {
  /** As the request named it; empty when unknown. */
  readonly model: string;
  /** `predict` (REST), `Predict` (gRPC), …; empty for REST calls other than inference. */
  readonly api: string;
  readonly entrypoint: 'REST' | 'GRPC';
  readonly code: ErrorCode;
  readonly micros: number;
}

/** What TensorFlow Serving itself counts. */
export class ServingMetrics {
  readonly #requests = new Counter('/tensorflow/serving/request_count', ['model_name', 'status']);
  readonly #requestLatency = new Histogram(
    '/tensorflow/serving/request_latency',
    ['model_name', 'API', 'entrypoint'],
    LATENCY,
  );
  readonly #runtimeLatency = new Histogram(
    '/tensorflow/serving/runtime_latency',
    ['model_name', 'API', 'runtime'],
    LATENCY,
  );
  readonly #examples = new Histogram('/tensorflow/serving/request_example_counts', ['model'], {
    ...BATCH_SIZES,
    count: 15,
  });
  readonly #examplesTotal = new Counter('/tensorflow/serving/request_example_count_total', ['model']);
  readonly #warmupLatency = new Histogram(
    '/tensorflow/serving/model_warmup_latency',
    ['model_path', 'status'],
    LATENCY,
  );
  readonly #warmupRecords = new Counter('/tensorflow/serving/model_warmup_records_read', ['model_path', 'status']);
  readonly #queueing = new Histogram(
    '/tensorflow/serving/batching_session/queuing_latency',
    ['thread_pool_name'],
    QUEUEING,
  );
  readonly #batches = new Counter('/tensorflow/serving/batching_session/wrapped_run_count');
  // The real server registers these three when the first batch is made.
  readonly #padding = new Histogram(
    '/tensorflow/serving/batching_session/padding_size',
    ['execution_batch_size'],
    BATCH_SIZES,
    false,
  );
  readonly #inputBatchSize = new Histogram(
    '/tensorflow/serving/batching_session/input_batch_size',
    [],
    BATCH_SIZES,
    false,
  );
  readonly #batchSize = new Histogram(
    '/tensorflow/serving/batching_session/processed_batch_size',
    [],
    BATCH_SIZES,
    false,
  );

  readonly #names = new Set<string>();

  readonly all: readonly Metric[] = [
    this.#requests,
    this.#requestLatency,
    this.#runtimeLatency,
    this.#examples,
    this.#examplesTotal,
    this.#warmupLatency,
    this.#warmupRecords,
    this.#queueing,
    this.#batches,
    this.#padding,
    this.#inputBatchSize,
    this.#batchSize,
  ];

  /** One answered request of either port; its latency is kept only when it succeeded. */
  requestFinished({ model, api, entrypoint, code, micros }: FinishedRequest): void {
    this.#requests.add(1, this.#countedName(model, code), code);
    if (code === 'OK') this.#requestLatency.add(micros, model, api, entrypoint);
  }

  /** Names of models that have answered are always counted; there are only so many of them. */
  #countedName(model: string, code: ErrorCode): string {
    if (this.#names.has(model)) return model;
    if (code !== 'OK' && (model.length > LONGEST_FAILED_NAME || this.#names.size >= MOST_FAILED_NAMES)) return OTHER;
    this.#names.add(model);
    return model;
  }

  /** A MultiInference request with this many examples: the only call whose examples the real server counts. */
  examplesRead(model: string, examples: number): void {
    this.#examples.add(examples, model);
    this.#examplesTotal.add(examples, model);
  }

  /** A session run that succeeded, waiting for its batch included. */
  runFinished(model: string, api: 'Predict' | 'Classify' | 'Regress', micros: number): void {
    this.#runtimeLatency.add(micros, model, api, 'TF1');
  }

  /** A warm-up file read to its end. */
  warmedUp(versionPath: string, status: ErrorCode, records: number, micros: number): void {
    this.#warmupLatency.add(micros, versionPath, status);
    this.#warmupRecords.add(records, versionPath, status);
  }

  /** One input tensor of a request that asks to be batched. */
  inputForBatch(rows: number): void {
    this.#inputBatchSize.add(rows);
  }

  taskLeftQueue(micros: number): void {
    this.#queueing.add(micros, '');
  }

  /** A batch about to run: its rows, padding included, and how many of them are padding. */
  batchFormed(rows: number, paddingRows: number): void {
    this.#batchSize.add(rows);
    this.#padding.add(paddingRows, String(rows));
  }

  batchRuns(): void {
    this.#batches.add(1);
  }
}
