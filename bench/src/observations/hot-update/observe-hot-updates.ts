import type { RunningInstance } from '../../contestants/index.js';
import { freePort } from '../../process/index.js';
import type { Profile } from '../../record/index.js';
import { watchProcesses } from '../../resources/index.js';
import { GoneError, type ObserveContext } from '../../run/observe-context.js';
import { rateFor, type Subject } from '../../questions/subject.js';
import { createModelStore } from './model-store.js';
import type { HotUpdate } from './record.js';
import { readUpdate } from './read-update.js';
import { whenAvailable } from './watch-status.js';
import { messageOf } from '../../words/message-of.js';

/** Half of what the slowest server bears, and enough to certify p99 in the time before, during and after (method rule 9). */
const RATE_PER_S = 200;
const PUBLISHED_AT_MS = 4000;
const DURING_MS = 4000;
const AFTER_MS: Readonly<Record<Profile, number>> = { quick: 4000, standard: 4000, thorough: 22_000 };
/** At a lower rate it takes longer until as many requests have met the update as at the usual one in half its time. */
const REQUESTS_DURING = 420;
const TIMEOUT_MS = 5000;

type Update = HotUpdate['updates'][number];

/** What is updated to what, and under which load. */
interface Plan {
  readonly model: string;
  readonly from: number;
  readonly to: number;
  /** Whether both may predict the same: then only the server's status tells which of them answers. */
  readonly answersAlike: boolean;
  readonly ratePerS: number;
  readonly duringMs: number;
}

function planFor(subject: Subject): Plan {
  const { model, own } = subject;
  const ratePerS = rateFor(subject, RATE_PER_S);
  return {
    model,
    ...(own === undefined
      ? { from: 1, to: 2, answersAlike: false }
      : { from: own.version, to: own.update.version, answersAlike: own.update.answersAlike }),
    ratePerS,
    duringMs: Math.max(DURING_MS, (1000 * REQUESTS_DURING) / ratePerS),
  };
}

interface Way {
  readonly contestant: string;
  readonly way: string;
  /** Besides publishing: what the operator does. Gives what answers when it is done. */
  readonly act?: (instance: RunningInstance, context: ObserveContext) => Promise<RunningInstance>;
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
      return Promise.resolve(instance);
    },
  },
  {
    contestant: 'flask-style',
    way: 'the process is stopped and started again',
    fixedPort: true,
    act: (instance, context) => context.restart(instance),
  },
];

const waysIn = (profile: Profile): Way[] =>
  WAYS.filter(({ thoroughOnly }) => thoroughOnly !== true || profile === 'thorough');

/** How much longer it takes with a model that bears a lower rate only. */
export function updatesLongerMs(subject: Subject, profile: Profile): number {
  return waysIn(profile).length * (planFor(subject).duringMs - DURING_MS);
}

export async function observeHotUpdates(context: ObserveContext): Promise<HotUpdate> {
  const plan = planFor(context.subject);
  const updates: Update[] = [];
  const leftOut: HotUpdate['leftOut'] = [];
  const ways = waysIn(context.profile);
  for (const way of ways.filter(({ contestant }) => context.contestants.includes(contestant))) {
    if (context.signal.aborted) break;
    context.now(`${way.contestant}: ${way.way}`);
    try {
      updates.push(await observeOne(way, plan, context));
    } catch (error) {
      await context.stopServers();
      const reason = messageOf(error);
      leftOut.push({ contestant: way.contestant, reason });
      if (!(error instanceof GoneError)) await context.leaveOut(way.contestant, reason);
    }
  }
  const [first] = leftOut;
  if (updates.length === 0 && first !== undefined) throw new Error(first.reason);
  return { ratePerS: plan.ratePerS, publishedAtS: PUBLISHED_AT_MS / 1000, updates, leftOut };
}

async function observeOne(way: Way, plan: Plan, context: ObserveContext): Promise<Update> {
  const { model, from, to, ratePerS, duringMs } = plan;
  const { zoo } = context;
  await using store = await createModelStore(model, zoo.folder);
  await store.publish(from);
  const factors = {
    followLatest: true,
    store: store.basePath,
    ...(way.fixedPort === true ? { port: await freePort() } : {}),
  };
  const wanted = { model, modelVersion: from, modelBasePath: store.basePath, factors };
  const admitted = await context.instance(way.contestant, wanted);
  if ('leftOut' in admitted) throw new GoneError(admitted.leftOut);
  const { instance } = admitted;
  const idle = watchProcesses(way.contestant, instance.processes).stop();
  const watch = watchProcesses(way.contestant, instance.processes);
  let peak = idle;
  let acting: Promise<RunningInstance> = Promise.resolve(instance);
  let timer: NodeJS.Timeout | undefined;
  let startedAtMs = 0;
  const over = new AbortController();
  let available: Promise<number | undefined> = Promise.resolve(undefined);
  const publish = async (): Promise<RunningInstance> => {
    await store.publish(to);
    return way.act === undefined ? instance : await way.act(instance, context);
  };
  const load = context.load({
    name: way.contestant,
    instance,
    block: 0,
    loop: { kind: 'open', arrivals: 'constant', ratePerS },
    golden: [await zoo.golden(model, from), await zoo.golden(model, to)],
    warmupMs: 200,
    durationMs: PUBLISHED_AT_MS + duringMs + AFTER_MS[context.profile],
    timeoutMs: TIMEOUT_MS,
    served: () => acting,
    hooks: {
      onWindowStart: () => {
        startedAtMs = performance.now();
        timer = setTimeout(() => {
          acting = publish();
          if (plan.answersAlike && instance.target.kind === 'rest')
            available = whenAvailable(`${instance.target.url}/v1/models/${model}`, to, over.signal);
          // Awaited when the load is over: until then nobody would hear of a failure.
          acting.catch(() => undefined);
        }, PUBLISHED_AT_MS);
      },
    },
  });
  const { outcome, samples } = await load.finally(async () => {
    clearTimeout(timer);
    over.abort();
    await acting.catch(() => undefined);
    peak = watch.stop();
  });
  const availableAtMs = await available;
  await context.stopServers();
  const megabytes = (usage: typeof peak): number =>
    Math.round(usage.reduce((sum, { rssMaxBytes }) => sum + rssMaxBytes, 0) / 1e6);
  const { dropped } = outcome.generator;
  if (dropped > 0)
    throw new Error(
      `the load generator could not send ${dropped} requests itself, so failures say nothing of the server: run it again with the machine free of other work`,
    );
  return {
    contestant: way.contestant,
    way: way.way,
    ...readUpdate(samples, {
      newVersion: to,
      publishedAtS: PUBLISHED_AT_MS / 1000,
      duringS: duringMs / 1000,
      ...(availableAtMs === undefined ? {} : { newFromS: (availableAtMs - startedAtMs) / 1000 }),
    }),
    memoryMb: { before: megabytes(idle), peak: megabytes(peak) },
  };
}
