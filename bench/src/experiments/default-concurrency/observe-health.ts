import { Pool } from 'undici';
import type { Profile } from '../../record/index.js';
import type { ObserveContext } from '../../study/observe-context.js';
import { DEFAULT_MODEL } from '../cell.js';
import { readManifestVersion } from '../newest-version.js';
import { failures, responseTailMs } from '../observed-latency.js';
import type { Health } from './observation.js';

const CONTESTANTS = [
  'flask-style',
  'flask-control',
  'flask-control-4-threads',
  'flask-session',
  'direct-rest',
  'proxy-grpc',
];
const CLIENTS = [1, 16];
const DURATION_MS: Readonly<Record<Profile, number>> = { quick: 1500, standard: 2500, thorough: 10_000 };
const ASK_EVERY_MS = 50;
const TIMEOUT_MS = 5000;

export async function observeHealth(context: ObserveContext): Promise<Health> {
  const rows: Health = [];
  const version = await readManifestVersion(DEFAULT_MODEL);
  const golden = await context.golden(DEFAULT_MODEL, version);
  for (const id of CONTESTANTS.filter((each) => context.contestants.includes(each))) {
    if (context.signal.aborted) break;
    const instance = await context.fleet.instance(id, {
      model: DEFAULT_MODEL,
      modelVersion: version,
      modelBasePath: context.modelBasePath(DEFAULT_MODEL),
      factors: {},
    });
    if (instance.target.kind !== 'rest') continue;
    for (const clients of CLIENTS) {
      context.now(`${id} with ${clients} clients`);
      const checks = askHealth(instance.target.url);
      const durationMs = DURATION_MS[context.profile];
      const { samples } = await context.load({
        name: `${id}-${clients}`,
        instance,
        loop: { kind: 'closed', concurrency: clients },
        golden: [golden],
        warmupMs: 300,
        durationMs,
        timeoutMs: TIMEOUT_MS,
      });
      const { timesMs, failed } = await checks.stop();
      const sorted = [...timesMs].sort((a, b) => a - b);
      rows.push({
        contestant: id,
        label: instance.contestant.label,
        clients,
        answeredPerS: (1000 * (samples.length - failures(samples))) / durationMs,
        predictP50Ms: responseTailMs(samples, 0.5),
        predictP99Ms: responseTailMs(samples, 0.99),
        healthP50Ms: sorted[Math.floor(sorted.length / 2)] ?? null,
        healthMaxMs: sorted.at(-1) ?? null,
        healthFailed: failed,
        healthAsked: timesMs.length + failed,
      });
    }
  }
  return rows;
}

/** Asks for the model's status on a steady beat, whether or not earlier questions were answered: an orchestrator does so too. */
function askHealth(url: string): { stop(): Promise<{ timesMs: number[]; failed: number }> } {
  const pool = new Pool(url, { connections: 32, headersTimeout: TIMEOUT_MS });
  const timesMs: number[] = [];
  const open = new Set<Promise<void>>();
  let failed = 0;
  const ask = async (): Promise<void> => {
    const askedAt = performance.now();
    try {
      const { statusCode, body } = await pool.request({ method: 'GET', path: `/v1/models/${DEFAULT_MODEL}` });
      await body.dump();
      if (statusCode === 200) timesMs.push(performance.now() - askedAt);
      else failed += 1;
    } catch {
      // A health check without an answer is what is counted here.
      failed += 1;
    }
  };
  const timer = setInterval(() => {
    const asked = ask().finally(() => open.delete(asked));
    open.add(asked);
  }, ASK_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      await pool.close();
      return { timesMs, failed };
    },
  };
}
