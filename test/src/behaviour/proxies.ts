import { PROGRAMS } from './programs.js';
import type { HostsFile } from './hosts-file.js';
import { startService, type ServiceProcess } from './service-process.js';

/** One of the proxies, by one way to the model server. */
export interface Way {
  /** For messages. */
  readonly name: string;
  readonly upstream: 'grpc' | 'rest';
  readonly proxy: ServiceProcess;
}

/** Plain and tuned, by gRPC and by REST, in front of the same servers: what happens to a server happens once for all. */
export interface Proxies extends AsyncDisposable {
  readonly ways: readonly Way[];
  /** Does the same with each, at the same time. */
  each(act: (proxy: ServiceProcess, way: Way) => Promise<unknown>): Promise<void>;
}

/** Where the proxies find their servers. */
export type Upstreams = Readonly<Record<'STUDY_TFSERVING_GRPC' | 'STUDY_TFSERVING_REST', string>>;

/** The settings of a proxy in front of these servers. */
export function upstreamsOf(
  ...servers: readonly { readonly host: string; readonly grpcPort: number; readonly restPort: number }[]
): Upstreams {
  return {
    STUDY_TFSERVING_GRPC: servers.map(({ host, grpcPort }) => `${host}:${grpcPort}`).join(),
    STUDY_TFSERVING_REST: servers.map(({ host, restPort }) => `http://${host}:${restPort}`).join(),
  };
}

export async function startProxies(
  upstreams: Upstreams,
  env: Readonly<Record<string, string>> = {},
  hosts?: HostsFile,
): Promise<Proxies> {
  const starts = (['proxy', 'tuned proxy'] as const).flatMap((program) =>
    (['grpc', 'rest'] as const).map(async (upstream) => {
      const proxy = await startService(PROGRAMS[program], { STUDY_UPSTREAM: upstream, ...upstreams, ...env }, hosts);
      return { name: `${program} by ${upstream}`, upstream, proxy };
    }),
  );
  const ways = await Promise.all(starts);
  const each: Proxies['each'] = async (act) => {
    await Promise.all(ways.map((way) => act(way.proxy, way)));
  };
  return { ways, each, [Symbol.asyncDispose]: () => each((proxy) => proxy.stop()) };
}
