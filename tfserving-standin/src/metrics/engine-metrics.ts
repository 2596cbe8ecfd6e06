import { Counter } from './counter.js';
import { Histogram } from './histogram.js';
import type { Metric } from './metric.js';

const TENSOR_BYTES = { scale: 1, growth: 4, count: 14 };

/**
 * What TensorFlow's own libraries count on the real page. They keep these numbers inside the process
 * where no C function reaches them, so the stand-in counts what it asks of the engine: same names, same meaning, own clock.
 */
export class EngineMetrics {
  readonly #loads = new Counter('/tensorflow/cc/saved_model/load_attempt_count', ['model_path', 'status']);
  readonly #loadLatency = new Counter('/tensorflow/cc/saved_model/load_latency', ['model_path']);
  readonly #loadStages = new Histogram('/tensorflow/cc/saved_model/load_latency_by_stage', ['model_path', 'stage'], {
    scale: 10,
    growth: 1.8,
    count: 37,
  });
  readonly #reads = new Counter('/tensorflow/core/saved_model/read/api', ['api_label']);
  readonly #readCount = new Counter('/tensorflow/core/saved_model/read/count', ['write_version']);
  readonly #readPath = new Counter('/tensorflow/core/saved_model/read/path', [], 'gauge');
  readonly #sessionCreated = new Counter('/tensorflow/core/session_created', [], 'gauge');
  readonly #sessionRuns = new Counter('/tensorflow/core/direct_session_runs');
  readonly #graphBuilds = new Counter('/tensorflow/core/graph_build_calls');
  readonly #graphBuildTime = new Counter('/tensorflow/core/graph_build_time_usecs');
  readonly #pendingQueue = new Histogram('/tensorflow/core/graph_pending_queue_length_histogram', [], {
    scale: 1,
    growth: 1.5,
    count: 30,
  });
  readonly #inputBytes = new Histogram('/tensorflow/core/graph_run_input_tensor_bytes', [], TENSOR_BYTES);
  readonly #outputBytes = new Histogram('/tensorflow/core/graph_run_output_tensor_bytes', [], TENSOR_BYTES);
  readonly #runTime = new Counter('/tensorflow/core/graph_run_time_usecs');
  readonly #runTimes = new Histogram('/tensorflow/core/graph_run_time_usecs_histogram', [], {
    scale: 1000,
    growth: 2,
    count: 20,
  });
  readonly #runs = new Counter('/tensorflow/core/graph_runs');
  readonly #denseFeatures = new Counter('/tensorflow/data/dense_feature');
  readonly #raggedFeatures = new Counter('/tensorflow/data/ragged_feature');
  readonly #sparseFeatures = new Counter('/tensorflow/data/sparse_feature');

  readonly all: readonly Metric[] = [
    this.#loads,
    this.#loadLatency,
    this.#loadStages,
    this.#reads,
    this.#readCount,
    this.#readPath,
    this.#sessionCreated,
    this.#sessionRuns,
    this.#graphBuilds,
    this.#graphBuildTime,
    this.#pendingQueue,
    this.#inputBytes,
    this.#outputBytes,
    this.#runTime,
    this.#runTimes,
    this.#runs,
    this.#denseFeatures,
    this.#raggedFeatures,
    this.#sparseFeatures,
  ];

  loaded(versionPath: string, micros: number): void {
    this.#loads.add(1, versionPath, 'success');
    this.#loadLatency.add(micros, versionPath);
    // The C function restores and initialises in one call: all of its time stands under the first stage.
    this.#loadStages.add(micros, versionPath, 'restore_graph');
    this.#loadStages.add(0, versionPath, 'init_graph');
    this.#reads.add(1, 'cc_load');
    this.#readCount.add(1, '1');
    this.#readPath.add(0);
    this.#sessionCreated.add(0);
  }

  loadFailed(versionPath: string): void {
    this.#loads.add(1, versionPath, 'fail');
  }

  /** First run of a session with this set of feeds and fetches: TensorFlow prunes and optimises the graph for it. */
  graphBuilt(micros: number): void {
    this.#graphBuilds.add(1);
    this.#graphBuildTime.add(micros);
    this.#pendingQueue.add(0);
  }

  graphRun(inputBytes: number, outputBytes: number, micros: number): void {
    this.#sessionRuns.add(1);
    this.#runs.add(1);
    this.#runTime.add(micros);
    this.#runTimes.add(micros);
    this.#inputBytes.add(inputBytes);
    this.#outputBytes.add(outputBytes);
  }

  /** A graph that parses tf.Examples was used. */
  examplesParsed(): void {
    this.#denseFeatures.add(1);
    this.#raggedFeatures.add(0);
    this.#sparseFeatures.add(0);
  }
}
