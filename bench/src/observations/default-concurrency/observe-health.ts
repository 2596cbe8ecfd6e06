import { Pool } from 'undici';
import type { RunningInstance } from '../../contestants/index.js';
import type { Profile } from '../../record/index.js';
import type { SampleTable } from '../../samples/index.js';
import { certifiedMs, sortLatencies } from '../../stats/index.js';
import { unlessGone, type ObserveContext } from '../../run/observe-context.js';
import { failures, tailMs } from '../observed-latency.js';
import type { Health } from './record.js';

const CONTESTANTS = [
  'flask-style',
  'flask-control',
  'flask-control-4-threads',
  'flask-session',
  'direct-rest',
  'proxy-grpc',
];
const CLIENTS = [1, 16];
/** With many clients, where the claim is decided, pairs enough for an interval (method rule 8); with one a single look. */
const BLOCKS: Readonly<Record<Profile, number>> = { quick: 5, standard: 5, thorough: 12 };
const BLOCK_MS: Readonly<Record<Profile, number>> = { quick: 800, standard: 1000, thorough: 3000 };
const ASK_EVERY_MS = 50;
const TIMEOUT_MS = 5000;

interface Block {
  readonly samples: SampleTable;
  readonly healthMs: readonly number[];
  readonly healthFailed: number;
}

export async function observeHealth(context: ObserveContext): Promise<Health> {
  const instances = new Map<string, RunningInstance>();
  for (const id of CONTESTANTS.filter((each) => context.contestants.includes(each))) {
    const admitted = await context.instance(id, { model: context.subject.model });
    if ('instance' in admitted) instances.set(id, admitted.instance);
  }
  const ids = [...instances.keys()];
  const rows: Health = [];
  for (const clients of CLIENTS) {
    const blocks = new Map<string, Block[]>(ids.map((id) => [id, []]));
    const planned = clients === 1 ? 1 : BLOCKS[context.profile];
    for (let block = 0; block < planned; block += 1)
      // A B B A: what drifts on the machine hits both sides of a pair alike (method rule 8).
      for (const id of block % 2 === 0 ? ids : ids.toReversed()) {
        const instance = instances.get(id);
        if (instance === undefined || context.signal.aborted) continue;
        context.now(`${id} with ${clients} clients, block ${block + 1} of ${planned}`);
        const seen = await unlessGone(observeBlock(instance, block, clients, context));
        if (seen === undefined) instances.delete(id);
        else blocks.get(id)?.push(seen);
      }
    for (const [id, own] of blocks) {
      if (instances.has(id) && own.length > 0) rows.push(rowOf(id, clients, own, BLOCK_MS[context.profile]));
    }
  }
  return rows;
}

async function observeBlock(
  instance: RunningInstance,
  block: number,
  clients: number,
  context: ObserveContext,
): Promise<Block> {
  const { id } = instance.contestant;
  if (instance.target.kind !== 'rest') throw new Error(`${id} answers no health checks over HTTP`);
  const { url } = instance.target;
  let checks: ReturnType<typeof askHealth> | undefined;
  const { samples } = await context
    .load({
      name: `${id}-${clients}-${block}`,
      instance,
      block,
      loop: { kind: 'closed', concurrency: clients },
      warmupMs: 200,
      durationMs: BLOCK_MS[context.profile],
      timeoutMs: TIMEOUT_MS,
      // Neither before the load nor behind it, when a check finds an idle server.
      hooks: {
        onWindowStart: () => {
          checks = askHealth(url, instance.launch.model);
        },
        onWindowEnd: () => {
          checks?.stop();
        },
      },
    })
    .finally(() => checks?.stop());
  const { timesMs = [], failed = 0 } = (await checks?.answers()) ?? {};
  return { samples, healthMs: timesMs, healthFailed: failed };
}

function rowOf(contestant: string, clients: number, blocks: readonly Block[], blockMs: number): Health[number] {
  const healthMs = blocks.flatMap((block) => block.healthMs);
  const healthFailed = blocks.reduce((sum, block) => sum + block.healthFailed, 0);
  const answered = blocks.reduce((sum, { samples }) => sum + samples.length - failures(samples), 0);
  const latencies = blocks.map(({ samples }) => samples);
  return {
    contestant,
    clients,
    answeredPerS: (1000 * answered) / (blockMs * blocks.length),
    predictP50Ms: tailMs(latencies, 0.5),
    predictP99Ms: tailMs(latencies, 0.99),
    healthP50Ms: median(healthMs),
    healthMaxMs: healthMs.length === 0 ? null : Math.max(...healthMs),
    healthFailed,
    healthP50MsByBlock: blocks.map((block) => median(block.healthMs)),
  };
}

function median(timesMs: readonly number[]): number | null {
  return certifiedMs(sortLatencies(Float64Array.from(timesMs, (ms) => ms * 1e6)), 0.5);
}

/**
 * Asks for the model's status on a steady beat, whether or not earlier questions were answered: an orchestrator does so too.
 * A check that fails counts with the whole time limit, so that a server which answers none is not the quickest.
 */
function askHealth(url: string, model: string) {
  const pool = new Pool(url, { connections: 32, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  const timesMs: number[] = [];
  const open = new Set<Promise<void>>();
  let failed = 0;
  const ask = async (): Promise<void> => {
    const askedAt = performance.now();
    const answered = await pool
      .request({ method: 'GET', path: `/v1/models/${encodeURIComponent(model)}` })
      .then(async ({ statusCode, body }) => {
        await body.dump();
        return statusCode === 200;
      })
      .catch(() => false);
    timesMs.push(answered ? performance.now() - askedAt : TIMEOUT_MS);
    if (!answered) failed += 1;
  };
  const timer = setInterval(() => {
    const asked = ask().finally(() => open.delete(asked));
    open.add(asked);
  }, ASK_EVERY_MS);
  return {
    /** No further check is begun. */
    stop: () => {
      clearInterval(timer);
    },
    /** All that were begun, once they have ended; after `stop`. */
    answers: async () => {
      await Promise.all(open);
      await pool.close();
      return { timesMs, failed };
    },
  };
}
