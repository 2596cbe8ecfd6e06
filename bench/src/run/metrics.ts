import { getText } from '../contestants/index.js';

const LIMIT_MS = 5000;

/** The monitor behind prom-client's figure ticks this often and counts from tick to tick, so its figure holds the period too. */
const TICK_MS = 10;
const EVENT_LOOP = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m;

/** `_sum` and `_count` of TensorFlow Serving's latency histograms for one model at one moment, microseconds. */
export type LatencyTotals = ReadonlyMap<string, { readonly sum: number; readonly count: number }>;

/** Histograms of TensorFlow Serving that split a request; its buckets grow by 1.8, so only means are exact (method rule 17). */
const HISTOGRAMS: Readonly<Record<string, string>> = {
  ':tensorflow:serving:request_latency': 'server',
  ':tensorflow:serving:runtime_latency': 'inference',
  ':tensorflow:serving:batching_session:queuing_latency': 'queue',
};
const HISTOGRAM_LINE = /^(:[\w:]+)_(sum|count)\{([^}]*)\} (\S+)$/;

/**
 * How long the event loop of one of our services was held up, 99th percentile since the last reading: reading starts over.
 * Undefined where the page does not tell.
 */
export async function eventLoopDelayP99Ms(metricsUrl: string | undefined): Promise<number | undefined> {
  const seconds = Number(EVENT_LOOP.exec(await readPage(metricsUrl))?.[1]);
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000 - TICK_MS) : undefined;
}

/** Sums over all label sets of each histogram, e.g. over the REST and the gRPC entry point; undefined without a page. */
export async function latencyTotals(metricsUrl: string | undefined): Promise<LatencyTotals | undefined> {
  if (metricsUrl === undefined) return undefined;
  const totals = new Map<string, { sum: number; count: number }>();
  for (const line of (await readPage(metricsUrl)).split('\n')) {
    const [, metric, field, , value] = HISTOGRAM_LINE.exec(line) ?? [];
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

/** Empty where it cannot be read, e.g. after a trial that the server did not survive: a figure beside it must not end the run. */
async function readPage(url: string | undefined): Promise<string> {
  if (url === undefined) return '';
  const { status, text } = await getText(url, LIMIT_MS).catch(() => ({ status: 0, text: '' }));
  return status === 200 ? text : '';
}
