import { EngineMetrics } from './engine-metrics.js';
import { metricsPage } from './page.js';
import { ServingMetrics } from './serving-metrics.js';
import { unusedMetrics } from './unused-metrics.js';

/** Every metric of the process, under TensorFlow Serving's names. */
export class Metrics {
  readonly serving = new ServingMetrics();
  readonly engine = new EngineMetrics();
  readonly #all = [...this.serving.all, ...this.engine.all, ...unusedMetrics()];

  /** The page a Prometheus scraper reads. */
  page(): string {
    return metricsPage(this.#all);
  }

  /** First value of a metric by TensorFlow's own name (`/tensorflow/serving/request_count`); 0 when there is none. */
  value(name: string): number {
    return this.#all.find((metric) => metric.name === name)?.first() ?? 0;
  }
}
