import { readMetricsPage } from './metrics-page.js';

/** `_sum` and `_count` of TensorFlow Serving's latency histograms for one model at one moment, microseconds. */
export type LatencyTotals = ReadonlyMap<string, { readonly sum: number; readonly count: number }>;

/** Histograms of TensorFlow Serving that split a request; its buckets grow by 1.8, so only means are exact (method rule 17). */
const HISTOGRAMS: Readonly<Record<string, string>> = {
  ':tensorflow:serving:request_latency': 'server',
  ':tensorflow:serving:runtime_latency': 'inference',
  ':tensorflow:serving:batching_session:queuing_latency': 'queue',
};
const LINE = /^(:[\w:]+)_(sum|count)\{([^}]*)\} (\S+)$/;

/** Reads the page at `metricsUrl`. A page that cannot be read gives no totals: the report then shows the split without them. */
export async function latencyTotals(metricsUrl: string): Promise<LatencyTotals> {
  return parseLatencyTotals((await readMetricsPage(metricsUrl)) ?? '');
}

/** Sums over all label sets of a histogram, e.g. over the REST and the gRPC entry point. */
export function parseLatencyTotals(page: string): LatencyTotals {
  const totals = new Map<string, { sum: number; count: number }>();
  for (const line of page.split('\n')) {
    const [, metric, field, , value] = LINE.exec(line) ?? [];
    const name = metric === undefined ? undefined : HISTOGRAMS[metric];
    if (name === undefined || (field !== 'sum' && field !== 'count')) continue;
    const total = totals.get(name) ?? { sum: 0, count: 0 };
    total[field] += Number(value);
    totals.set(name, total);
  }
  return totals;
}

/** Mean microseconds of what happened between two readings; parts without a request in between are left out. */
export function meansBetween(before: LatencyTotals, after: LatencyTotals): Record<string, number> {
  const means: Record<string, number> = {};
  for (const [name, { sum, count }] of after) {
    const start = before.get(name) ?? { sum: 0, count: 0 };
    if (count > start.count) means[name] = (sum - start.sum) / (count - start.count);
  }
  return means;
}
