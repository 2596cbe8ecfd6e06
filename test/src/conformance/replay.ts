import { PROGRAMS } from '../behaviour/programs.js';
import { upstreamsOf } from '../behaviour/proxies.js';
import { startService } from '../behaviour/service-process.js';
import { grpcCaller } from './grpc-call.js';
import { groupedBy } from './grouped-by.js';
import { inParallel } from './in-parallel.js';
import type { KnownDifferences } from './known-differences.js';
import type { Recordings, Vector } from './recordings.js';
import { replayStartup } from './replay-startup.js';
import { replayTimeline } from './replay-timeline.js';
import { replayVectors, type Outcome, type Target } from './replay-vectors.js';
import { startServer, type Program, type ServerProcess } from './server-process.js';
import { makeWorkspace } from './workspace.js';

/** Who is held to the recordings by each way: by gRPC the tuned proxy, whose JSON is TensorFlow Serving's; by REST bytes pass. */
const PROXIES = { grpc: PROGRAMS['tuned proxy'], rest: PROGRAMS.proxy } as const;

/** Directly, or through the proxy with this upstream: REST vectors only, compared by values. */
export type Way = 'direct' | keyof typeof PROXIES;

export interface ReplayOptions {
  readonly recordings: Recordings;
  /** Started with the flags of each configuration. */
  readonly program: Program;
  /** Only recordings whose id starts so: `rest.`, `grpc.reload`, `lifecycle.retries`. Ids start with their group. */
  readonly idPrefix?: string;
  /** A timeline on this list is not tried again when it differs. */
  readonly known: KnownDifferences;
  /** The vectors go these ways, one after the other; timelines and startups go directly, or not at all. */
  readonly ways: readonly Way[];
  /** Configurations at the same time; timelines, which mostly wait, run `TIMELINES_PER_SERVER` times as many. */
  readonly parallel: number;
}

const TIMELINES_PER_SERVER = 2;

/** What belongs to the HTTP server and the flags of the server itself; a proxy has its own (tfserving-proxy/README.md). */
const NOT_THROUGH_PROXY = new Set([
  'rest.cors',
  'rest.metrics',
  'rest.metrics_http',
  'rest.options',
  'rest.threads',
  'rest.transport',
]);

/** Replays recordings against servers it starts itself, one for each configuration. The outcomes of each way. */
export async function replay(options: ReplayOptions): Promise<ReadonlyMap<Way, readonly Outcome[]>> {
  const { recordings, program, idPrefix = '', ways, parallel, known } = options;
  const wanted = ({ id }: { readonly id: string }): boolean => id.startsWith(idPrefix);
  const byServer = groupedBy(recordings.vectors.filter(wanted), ({ server }) => server.id);
  // The longest first, so that none of them is left for the end.
  const configurations = [...byServer.values()].sort((a, b) => b.length - a.length);
  const ofVectors = await inParallel(
    configurations.flatMap((vectors) => {
      const isStateful = vectors[0]?.server.stateful === true;
      const together = isStateful ? ways.map((way) => [way]) : [ways];
      return together.map((some) => () => replayConfiguration(recordings, vectors, program, some));
    }),
    parallel,
  );
  const outcomes = new Map(ways.map((way) => [way, ofVectors.flatMap((each) => each.get(way) ?? [])]));
  if (!ways.includes('direct')) return outcomes;
  const lifecycle = await inParallel(
    [
      ...recordings.timelines.filter(wanted).map((each) => () => replayTimeline(recordings, each, program, known)),
      ...recordings.startups.filter(wanted).map((each) => () => replayStartup(recordings, each, program)),
    ],
    parallel * TIMELINES_PER_SERVER,
  );
  outcomes.get('direct')?.push(...lifecycle);
  return outcomes;
}

/** Replays vectors of one configuration on one server, one way after the other. */
async function replayConfiguration(
  recordings: Recordings,
  vectors: readonly Vector[],
  program: Program,
  ways: readonly Way[],
): Promise<ReadonlyMap<Way, Outcome[]>> {
  const outcomes = new Map<Way, Outcome[]>();
  const left = ways
    .map((way) => [way, vectors.filter((vector) => way === 'direct' || goesThroughProxy(vector))] as const)
    .filter(([, some]) => some.length > 0);
  const [first] = vectors;
  if (first === undefined || left.length === 0) return outcomes;
  const workspace = await makeWorkspace(recordings, first.server);
  const server = await startServer(program, workspace.flags);
  const grpc = grpcCaller(`${server.host}:${server.grpcPort}`);
  try {
    await server.ready();
    const direct = {
      rest: { host: server.host, port: server.restPort },
      grpc,
      places: workspace.places,
      strictness: 'everything',
    } as const;
    for (const [way, some] of left) {
      outcomes.set(
        way,
        way === 'direct' ? await replayVectors(some, direct) : await replayThroughProxy(way, some, server, direct),
      );
    }
  } catch (error) {
    const difference = `its server "${first.server.id}" failed: ${error instanceof Error ? error.message : String(error)}`;
    for (const [way, some] of left)
      if (!outcomes.has(way))
        outcomes.set(
          way,
          some.map(({ id, group }) => ({ id, group, difference, failedToReplay: true })),
        );
  } finally {
    grpc.close();
    await server.stop();
    await workspace.remove();
  }
  return outcomes;
}

async function replayThroughProxy(
  way: keyof typeof PROXIES,
  vectors: readonly Vector[],
  server: ServerProcess,
  direct: Target,
): Promise<Outcome[]> {
  await using proxy = await startService(PROXIES[way], { STUDY_UPSTREAM: way, ...upstreamsOf(server) });
  const { hostname: host, port } = new URL(proxy.url);
  return await replayVectors(vectors, { ...direct, rest: { host, port: Number(port) }, strictness: 'values' });
}

function goesThroughProxy({ kind, group }: Vector): boolean {
  return kind === 'rest' && !NOT_THROUGH_PROXY.has(group);
}
