import { contestantById, startFleet, type Launch, type Serving } from '../contestants/index.js';
import { runClosedLoop, startGenerator } from '../load/index.js';
import { temporaryFolder } from '../process/index.js';
import { DEFAULT_MODEL } from '../questions/subject.js';
import { loadRequests, loadTarget } from '../run/drive.js';
import { openZoo } from '../run/zoo.js';
import { median, percentileNs } from '../stats/index.js';
import { startPlainProxy, type PlainProxy } from './start-plain-proxy.js';

/** Servers that answer by REST, in the order of the table; the first is what the others are compared with. */
const CONTESTANTS = [
  'direct-rest',
  'nginx-rest',
  'proxy-rest',
  'proxy-grpc',
  'proxy-rest-tuned',
  'proxy-grpc-tuned',
  'flask-style',
  'flask-processes',
  'flask-threads',
  'flask-session',
  'flask-micro-batching',
] as const;
const PLAIN = { relay: 'node:net, bytes relayed', http: 'node:http + undici', express: 'Express + undici' } as const;

/** V8 compiles for some thousand requests. */
const FIRST_WARMUP_MS = 3000;
const WARMUP_MS = 100;

export interface ProxiesBenchOptions {
  readonly serving: Serving;
  readonly concurrencies: readonly number[];
  /** How often everything is started anew: two starts of one program differ by a fifth. */
  readonly starts: number;
  /** Visits to each server after each start. */
  readonly rounds: number;
  readonly sliceMs: number;
  /** Ids or names to measure beside direct-rest; default: all. */
  readonly only?: readonly string[] | undefined;
  readonly onProgress: (text: string) => void;
}

export interface ProxyRow {
  readonly name: string;
  readonly concurrency: number;
  /** Medians over the rounds. */
  readonly requestsPerS: number;
  readonly p50Ms: number;
  /** Median of the ratios to direct-rest within the same round. */
  readonly ofDirect: number;
  readonly failed: number;
}

interface Contender {
  readonly name: string;
  readonly url: string;
}

interface Slice {
  readonly requestsPerS: number;
  readonly p50Ms: number;
  readonly failed: number;
}

/** What each server did in one round, by its name. */
type Round = ReadonlyMap<string, Slice>;

/**
 * Everything that can stand in front of TensorFlow Serving, and the Flask styles, in short slices in turn: a round visits each
 * once, every second round in reverse, so that drift meets all alike. Resolves to a row for each server and concurrency.
 */
export async function runProxiesBench(options: ProxiesBenchOptions): Promise<ProxyRow[]> {
  const rounds: [concurrency: number, round: Round][] = [];
  for (let start = 1; start <= options.starts; start += 1) {
    const say = (text: string): void => {
      options.onProgress(`start ${start} of ${options.starts}: ${text}`);
    };
    rounds.push(...(await measureOneStart({ ...options, onProgress: say })));
  }
  return options.concurrencies.flatMap((concurrency) => {
    const own = rounds.filter(([each]) => each === concurrency).map(([, round]) => round);
    return [...(own[0]?.keys() ?? [])].map((name) => rowOf(name, concurrency, own));
  });
}

async function measureOneStart(options: ProxiesBenchOptions): Promise<[concurrency: number, round: Round][]> {
  await using folder = await temporaryFolder('proxies-bench-');
  const [zoo, model] = [await openZoo(), DEFAULT_MODEL];
  const modelVersion = zoo.models.get(model)?.version ?? 1;
  const launch: Launch = { model, modelVersion, modelBasePath: zoo.basePath(model), factors: {} };
  const requests = loadRequests([await zoo.golden(model, modelVersion)], { batch: 1, payload: 'json' });
  const fleet = startFleet(options.serving, folder.path, options.onProgress);
  const plain: PlainProxy[] = [];
  const isWanted = (name: string): boolean =>
    options.only === undefined || name === 'direct-rest' || options.only.includes(name);
  try {
    const contenders: Contender[] = [];
    for (const name of CONTESTANTS.filter(isWanted)) {
      const missing = contestantById(name).missing?.();
      if (missing !== undefined) {
        options.onProgress(`${name} is left out: ${missing}`);
        continue;
      }
      const { target } = await fleet.instance(name, launch);
      if (target.kind === 'rest') contenders.push({ name, url: target.url });
    }
    const origin = contenders[0]?.url ?? '';
    for (const kind of ['relay', 'http', 'express'] as const)
      if (isWanted(kind)) plain.push(await startPlainProxy(kind, origin));
    contenders.push(...plain.map(({ name, url }) => ({ name, url })));

    await using generator = await startGenerator();
    const measure = async ({ url }: Contender, concurrency: number, durationMs: number): Promise<Slice> => {
      const target = loadTarget({ kind: 'rest', url }, model);
      const loop = { target, requests, concurrency, warmupMs: WARMUP_MS, durationMs };
      const { latencies, ...result } = await runClosedLoop(generator, loop);
      return { ...result, p50Ms: percentileNs(latencies, 0.5) / 1e6 };
    };
    for (const contender of contenders) await measure(contender, 8, FIRST_WARMUP_MS);
    const rounds: [concurrency: number, round: Round][] = [];
    for (const concurrency of options.concurrencies)
      for (let round = 0; round < options.rounds; round += 1) {
        options.onProgress(`${concurrency} in flight, round ${round + 1} of ${options.rounds}`);
        const of = new Map<string, Slice>();
        for (const contender of round % 2 === 0 ? contenders : contenders.toReversed())
          of.set(contender.name, await measure(contender, concurrency, options.sliceMs));
        rounds.push([concurrency, of]);
      }
    return rounds;
  } finally {
    await Promise.all(plain.map((each) => each.process.stop()));
    await fleet.stop();
  }
}

function rowOf(name: string, concurrency: number, rounds: readonly Round[]): ProxyRow {
  const own = rounds.flatMap((round) => round.get(name) ?? []);
  const ratios = rounds.map(
    (round) => (round.get(name)?.requestsPerS ?? 0) / (round.get('direct-rest')?.requestsPerS ?? 1),
  );
  return {
    name: Object.hasOwn(PLAIN, name) ? PLAIN[name as keyof typeof PLAIN] : name,
    concurrency,
    requestsPerS: median(own.map((slice) => slice.requestsPerS)),
    p50Ms: median(own.map((slice) => slice.p50Ms)),
    ofDirect: median(ratios),
    failed: own.reduce((sum, { failed }) => sum + failed, 0),
  };
}
