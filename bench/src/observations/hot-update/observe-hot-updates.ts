import { freePort, type RunningInstance } from '../../contestants/index.js';
import type { Profile } from '../../record/index.js';
import { watchProcesses } from '../../resources/index.js';
import type { ObserveContext } from '../../run/observe-context.js';
import { createModelStore } from './model-store.js';
import type { HotUpdate } from './record.js';
import { readUpdate } from './read-update.js';

const MODEL = 'fashion-cnn';
const [OLD, NEW] = [1, 2];
/** Half of what the slowest server bears, and enough to certify p99 in the time before, during and after (method rule 9). */
const RATE_PER_S = 200;
const PUBLISHED_AT_MS = 4000;
const DURING_MS = 4000;
const DURATION_MS: Readonly<Record<Profile, number>> = { quick: 12_000, standard: 12_000, thorough: 30_000 };
const TIMEOUT_MS = 5000;

type Update = HotUpdate['updates'][number];

interface Way {
  readonly contestant: string;
  readonly way: string;
  /** Besides publishing: what the operator does. Resolves when it is done. */
  readonly act?: (instance: RunningInstance, context: ObserveContext) => Promise<void>;
  readonly fixedPort?: true;
  /** Observed in the thorough profile only: the way of another contestant, seen through more. */
  readonly thoroughOnly?: true;
}

const WAYS: readonly Way[] = [
  { contestant: 'direct-rest', way: 'the server polls its folder' },
  { contestant: 'proxy-grpc', way: 'the server behind the proxy polls its folder', thoroughOnly: true },
  { contestant: 'flask-reload', way: 'a reload written by hand polls the folder' },
  {
    contestant: 'flask-processes',
    way: 'workers are replaced one by one (SIGHUP)',
    act: (instance) => {
      for (const { pid } of instance.processes) process.kill(pid, 'SIGHUP');
      return Promise.resolve();
    },
  },
  {
    contestant: 'flask-style',
    way: 'the process is stopped and started again',
    fixedPort: true,
    act: (instance, context) => context.restart(instance),
  },
];

export async function observeHotUpdates(context: ObserveContext): Promise<HotUpdate> {
  const updates: Update[] = [];
  const leftOut: HotUpdate['leftOut'] = [];
  const ways = WAYS.filter(({ thoroughOnly }) => thoroughOnly !== true || context.profile === 'thorough');
  for (const way of ways.filter(({ contestant }) => context.contestants.includes(contestant))) {
    if (context.signal.aborted) break;
    context.now(`${way.contestant}: ${way.way}`);
    try {
      updates.push(await observeOne(way, context));
    } catch (error) {
      await context.stopServers();
      leftOut.push({ contestant: way.contestant, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const [first] = leftOut;
  if (updates.length === 0 && first !== undefined) throw new Error(first.reason);
  return { ratePerS: RATE_PER_S, publishedAtS: PUBLISHED_AT_MS / 1000, updates, leftOut };
}

async function observeOne(way: Way, context: ObserveContext): Promise<Update> {
  await using store = await createModelStore(context.modelBasePath(MODEL), MODEL);
  await store.publish(OLD);
  const factors = {
    followLatest: true,
    store: store.basePath,
    ...(way.fixedPort === true ? { port: await freePort() } : {}),
  };
  const wanted = { model: MODEL, modelVersion: OLD, modelBasePath: store.basePath, factors };
  const admitted = await context.instance(way.contestant, wanted);
  if ('leftOut' in admitted) throw new Error(admitted.leftOut);
  const { instance } = admitted;
  const watched = instance.processes.map((each) => ({ ...each, contestant: way.contestant }));
  const idle = watchProcesses(watched).stop();
  const watch = watchProcesses(watched);
  let acting: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const publish = async (): Promise<void> => {
    await store.publish(NEW);
    await way.act?.(instance, context);
  };
  const load = context.load({
    name: way.contestant,
    instance,
    block: 0,
    loop: { kind: 'open', arrivals: 'constant', ratePerS: RATE_PER_S },
    golden: [await context.golden(MODEL, OLD), await context.golden(MODEL, NEW)],
    warmupMs: 200,
    durationMs: DURATION_MS[context.profile],
    timeoutMs: TIMEOUT_MS,
    hooks: {
      onWindowStart: () => {
        timer = setTimeout(() => {
          acting = publish();
          // Awaited when the load is over: until then nobody would hear of a failure.
          acting.catch(() => undefined);
        }, PUBLISHED_AT_MS);
      },
    },
  });
  const { outcome, samples } = await load.finally(async () => {
    clearTimeout(timer);
    await acting.catch(() => undefined);
  });
  await acting;
  const peak = watch.stop();
  await context.stopServers();
  const megabytes = (usage: typeof peak): number =>
    Math.round(usage.reduce((sum, { rssMaxBytes }) => sum + rssMaxBytes, 0) / 1e6);
  const { dropped } = outcome.generator;
  if (dropped > 0)
    throw new Error(
      `the load generator could not send ${dropped} requests itself, so failures say nothing of the server: run it again with the machine free of other work`,
    );
  const { label, backend } = instance.contestant;
  return {
    contestant: way.contestant,
    label,
    way: way.way,
    backend,
    ...readUpdate(samples, NEW, PUBLISHED_AT_MS / 1000, DURING_MS / 1000),
    memoryMb: { before: megabytes(idle), peak: megabytes(peak) },
  };
}
