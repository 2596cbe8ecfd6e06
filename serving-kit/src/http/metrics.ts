import type { ServerResponse } from 'node:http';
import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { PHASES, type ServerTiming } from '../contract/index.js';

/** Seconds; TensorFlow Serving's buckets also grow by 1.8, which keeps the two services' histograms comparable. */
const BUCKETS = Array.from({ length: 24 }, (_, power) => 1e-5 * 1.8 ** power);

/** One service's Prometheus metrics, in a registry of its own so that several apps can live in one process (tests). */
export class ServiceMetrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'route' | 'status'>;
  readonly #phases: Histogram<'phase'>;
  readonly #inFlight: Gauge;

  constructor() {
    const registers = [this.#registry];
    // its own default would wake the process a hundred times a second, half a percent of a CPU
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 100 });
    this.#requests = new Histogram({
      name: 'study_request_seconds',
      help: 'From the request seen by the app to its last byte handed to the socket',
      labelNames: ['route', 'status'],
      buckets: BUCKETS,
      registers,
    });
    this.#phases = new Histogram({
      name: 'study_phase_seconds',
      help: 'Parts of a request, as in its Server-Timing header',
      labelNames: ['phase'],
      buckets: BUCKETS,
      registers,
    });
    this.#inFlight = new Gauge({ name: 'study_requests_in_flight', help: 'Requests being answered', registers });
  }

  /** Counts the request that `response` answers, and times it until the response closes. */
  track(route: string, response: ServerResponse): void {
    const startedAtMs = performance.now();
    this.#inFlight.inc();
    response.once('close', () => {
      this.#inFlight.dec();
      this.#requests.observe({ route, status: response.statusCode }, (performance.now() - startedAtMs) / 1000);
    });
  }

  observePhases(timing: ServerTiming): void {
    for (const phase of PHASES) {
      const durationMs = timing[phase];
      if (durationMs !== undefined) this.#phases.observe({ phase }, durationMs / 1000);
    }
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The page in Prometheus' text format. */
  page(): Promise<string> {
    return this.#registry.metrics();
  }
}
