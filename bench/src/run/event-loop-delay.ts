import { readMetricsPage } from './metrics-page.js';

/** The monitor behind prom-client's figure ticks this often and counts from tick to tick, so its figure holds the period too. */
const PERIOD_MS = 10;
const LINE = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m;

/**
 * How long the event loop of one of our services was held up, 99th percentile since the last reading: reading begins anew.
 * Undefined where the page does not tell.
 */
export async function eventLoopDelayP99Ms(metricsUrl: string): Promise<number | undefined> {
  const seconds = Number(LINE.exec((await readMetricsPage(metricsUrl)) ?? '')?.[1]);
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000 - PERIOD_MS) : undefined;
}
