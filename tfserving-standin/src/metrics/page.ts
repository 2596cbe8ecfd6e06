import type { Metric } from './metric.js';

/** The Prometheus page: metrics by name, each with its TYPE line, one line end at the very end. */
export function metricsPage(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ listed }) => listed)
    .map((metric) => ({ metric, pageName: metric.name.replace(/[^a-zA-Z0-9_]/g, ':') }))
    .sort((a, b) => (a.metric.name < b.metric.name ? -1 : 1))
    .map(({ metric, pageName }) => [`# TYPE ${pageName} ${metric.type}`, ...metric.samples(pageName), ''].join('\n'))
    .join('');
}
