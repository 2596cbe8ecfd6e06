import { grpcCaller } from './grpc-call.js';
import { groupedBy } from './grouped-by.js';
import { inParallel } from './in-parallel.js';
import type { KnownDifferences } from './known-differences.js';
import { startProxy } from './proxy-process.js';
import type { Recordings, Vector } from './recordings.js';
import { replayStartup } from './replay-startup.js';
import { replayTimeline } from './replay-timeline.js';
import { replayVectors, type Outcome } from './replay-vectors.js';
import { startServer, type Program } from './server-process.js';
import { PROXIES } from './standin-program.js';
import { makeWorkspace } from './workspace.js';

export interface ReplayOptions {
  readonly recordings: Recordings;
  /** Started with the flags of each configuration. */
  readonly program: Program;
  /** Only recordings whose id starts so: `rest.`, `grpc.reload`, `lifecycle.retries`. Ids start with their group. */
  readonly idPrefix?: string;
  /** A timeline on this list is not tried again when it differs. */
  readonly known: KnownDifferences;
  /** Put the proxy in front of the server and send the REST vectors through it, compared by values. */
  readonly throughProxy?: 'grpc' | 'rest';
  /** Configurations at the same time; timelines, which mostly wait, run `TIMELINES_PER_SERVER` times as many. */
  readonly parallel: number;
}

const TIMELINES_PER_SERVER = 2;

/** What belongs to the HTTP server and the flags of the server itself; a proxy has its own (docs/proxy.md). */
const NOT_THROUGH_PROXY = new Set([
  'rest.cors',
  'rest.metrics',
  'rest.metrics_http',
  'rest.options',
  'rest.threads',
  'rest.transport',
]);

/** Replays recordings against servers it starts itself, one for each configuration. */
export async function replay(options: ReplayOptions): Promise<Outcome[]> {
  const { recordings, program, idPrefix = '', throughProxy, parallel, known } = options;
  const vectors = recordings.vectors.filter(
    ({ id, group, kind }) =>
      id.startsWith(idPrefix) && (throughProxy === undefined || (kind === 'rest' && !NOT_THROUGH_PROXY.has(group))),
  );
  const byServer = groupedBy(vectors, ({ server }) => server.id);
  // The longest first, so that none of them is left for the end.
  const configurations = [...byServer.values()].sort((a, b) => b.length - a.length);
  const outcomes = await inParallel(
    configurations.map((ofOne) => () => replayConfiguration(recordings, ofOne, program, throughProxy)),
    parallel,
  );
  if (throughProxy !== undefined) return outcomes.flat();
  const timelines = recordings.timelines.filter(({ id }) => id.startsWith(idPrefix));
  const startups = recordings.startups.filter(({ id }) => id.startsWith(idPrefix));
  const lifecycle = await inParallel(
    [
      ...timelines.map((timeline) => () => replayTimeline(recordings, timeline, program, known)),
      ...startups.map((startup) => () => replayStartup(recordings, startup, program)),
    ],
    parallel * TIMELINES_PER_SERVER,
  );
  return [...outcomes.flat(), ...lifecycle];
}

async function replayConfiguration(
  recordings: Recordings,
  vectors: readonly Vector[],
  program: Program,
  throughProxy: ReplayOptions['throughProxy'],
): Promise<Outcome[]> {
  const [first] = vectors;
  if (first === undefined) return [];
  const configuration = first.server;
  const workspace = await makeWorkspace(recordings, configuration);
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
    if (throughProxy === undefined) return await replayVectors(vectors, direct);
    const proxy = await startProxy(PROXIES[throughProxy], throughProxy, server);
    try {
      return await replayVectors(vectors, { ...direct, rest: proxy.rest, strictness: 'values' });
    } finally {
      await proxy.stop();
    }
  } catch (error) {
    const difference = `its server "${configuration.id}" failed: ${error instanceof Error ? error.message : String(error)}`;
    return vectors.map(({ id, group }) => ({ id, group, difference, failedToReplay: true }));
  } finally {
    grpc.close();
    await server.stop();
    await workspace.remove();
  }
}
