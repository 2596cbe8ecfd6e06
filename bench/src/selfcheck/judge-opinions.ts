import { median } from '../stats/index.js';
import type { ClientResult } from './c-clients.js';

export const PROTOCOLS = ['REST', 'gRPC'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** What a client in C and the bench found in one round. */
export interface Measured {
  readonly server: string;
  readonly protocol: Protocol;
  readonly concurrency: number;
  readonly c: ClientResult;
  readonly bench: ClientResult;
}

/** One comparison, over all rounds. */
export interface OpinionRow {
  readonly server: string;
  readonly what: string;
  readonly concurrency: number;
  /** Medians over the rounds. */
  readonly c: number;
  readonly bench: number;
  /** Median over the rounds of what the limit is about: a ratio or a difference. */
  readonly apart: string;
  readonly limit: string;
  readonly passed: boolean;
}

/** Method rule 5a. */
const P50_SHARE = 0.05;
const P50_MS = 0.03;
const LEAST_THROUGHPUT = 0.95;
const RATIO = 0.05;
/** Against a server that answers at once, where there is nothing but clients to compare. */
const LEAST_BARE_THROUGHPUT = 0.8;

/** Are the bench and the clients in C within the limits? Ratios are medians of the rounds' ratios, as machines change speed. */
export function judgeOpinions(measured: readonly Measured[]): OpinionRow[] {
  const servers = [...new Set(measured.map(({ server }) => server))];
  return servers.flatMap((server, index) => {
    const own = measured.filter((each) => each.server === server);
    // The first is the model server.
    const leastThroughput = index === 0 ? LEAST_THROUGHPUT : LEAST_BARE_THROUGHPUT;
    const counts = [...new Set(own.map(({ concurrency }) => concurrency))];
    return counts.flatMap((concurrency) => {
      const here = own.filter((each) => each.concurrency === concurrency);
      return [
        ...PROTOCOLS.map((protocol) => {
          const rounds = here.filter((each) => each.protocol === protocol);
          return concurrency === 1 ? latencyRow(rounds) : throughputRow(rounds, leastThroughput);
        }),
        ...(concurrency === 1 && index === 0 ? [protocolsRow(here)] : []),
      ].filter((row) => row !== undefined);
    });
  });
}

type Client = 'c' | 'bench';

function latencyRow(rounds: readonly Measured[]): OpinionRow | undefined {
  const p50s = (client: Client): number[] => rounds.map((round) => round[client].p50Ms);
  const apartMs = median(rounds.map(({ bench, c }) => bench.p50Ms - c.p50Ms));
  const ratio = median(rounds.map(({ bench, c }) => bench.p50Ms / c.p50Ms));
  return rowOf(rounds, (protocol) => `${protocol} p50 ms`, p50s, {
    apart: `${apartMs.toFixed(3)} ms, ${ratio.toFixed(2)}x`,
    limit: `${P50_MS} ms or ${P50_SHARE * 100}%`,
    passed: Math.abs(apartMs) <= P50_MS || Math.abs(ratio - 1) <= P50_SHARE,
  });
}

function throughputRow(rounds: readonly Measured[], least: number): OpinionRow | undefined {
  const rates = (client: Client): number[] => rounds.map((round) => round[client].requestsPerS);
  const ratio = median(rounds.map(({ bench, c }) => bench.requestsPerS / c.requestsPerS));
  return rowOf(rounds, (protocol) => `${protocol} requests/s`, rates, {
    apart: `${ratio.toFixed(2)}x`,
    limit: `at least ${least}x`,
    passed: ratio >= least,
  });
}

/** How much faster gRPC answers than REST, as either client sees it. */
function protocolsRow(here: readonly Measured[]): OpinionRow | undefined {
  const rest = here.filter(({ protocol }) => protocol === 'REST');
  const grpc = here.filter(({ protocol }) => protocol === 'gRPC');
  const ratios = (client: Client): number[] =>
    rest.flatMap((each, round) => {
      const other = grpc[round];
      return other === undefined ? [] : [other[client].p50Ms / each[client].p50Ms];
    });
  // Of the medians: the two protocols have their turns seconds apart, and the machine changes speed in between.
  const apart = median(ratios('bench')) - median(ratios('c'));
  return rowOf(rest, () => 'gRPC / REST, p50', ratios, {
    apart: apart.toFixed(3),
    limit: String(RATIO),
    passed: Math.abs(apart) <= RATIO,
  });
}

/** Undefined where there is nothing to compare. */
function rowOf(
  [first]: readonly Measured[],
  what: (protocol: Protocol) => string,
  figures: (client: Client) => number[],
  judged: Pick<OpinionRow, 'apart' | 'limit' | 'passed'>,
): OpinionRow | undefined {
  if (first === undefined) return undefined;
  const { server, protocol, concurrency } = first;
  return {
    server,
    what: what(protocol),
    concurrency,
    c: median(figures('c')),
    bench: median(figures('bench')),
    ...judged,
  };
}
