import { BATCHING, GRPC_THREADS, limits, REST_THREADS, type RunningInstance } from '../contestants/index.js';
import type { Floor, LedgerRow } from '../record/index.js';

/** What the ledger needs to know of one running contestant. */
export interface LedgerEntry {
  readonly instance: RunningInstance;
  readonly modelDigest: string;
  readonly engine: string;
  /** Bytes of one request body or message with one instance. */
  readonly requestBytes: number;
  readonly instructionSets: string;
  readonly allCpus: number;
  readonly memoryLimit: string;
  /** What the generator itself takes for the requests that this contestant gets. */
  readonly floor: Floor | undefined;
}

type Property = readonly [name: string, value: (entry: LedgerEntry) => string | undefined, note?: string];

const onServing = ({ instance }: LedgerEntry): boolean => instance.contestant.backend !== 'in-process';

/** Properties that decide whether two latencies may be compared (method rule 14). */
const PROPERTIES: readonly Property[] = [
  ['model', ({ instance }) => `${instance.launch.model} version ${instance.launch.modelVersion}`],
  ['model sha256', ({ modelDigest }) => modelDigest.slice(0, 16)],
  ['engine', ({ engine }) => engine],
  ['intra-op threads', ({ instance }) => String(instance.launch.factors['intraOpThreads'] ?? 'automatic')],
  ['inter-op threads', ({ instance }) => String(instance.launch.factors['interOpThreads'] ?? 'automatic')],
  ['instruction sets', ({ instructionSets }) => instructionSets],
  [
    'request threads',
    (entry) => (onServing(entry) ? `gRPC ${GRPC_THREADS}, REST ${REST_THREADS}` : undefined),
    'more than the default of four for each CPU: beyond it TensorFlow Serving refuses gRPC requests at once',
  ],
  ['oneDNN kernels', () => 'off', 'the same kernels for all, whatever the processor (docs/decisions/0014-kernels.md)'],
  [
    'server-side batching',
    ({ instance }) => (instance.launch.factors['batching'] === true ? 'on' : 'off'),
    `where a cell turns it on, TensorFlow Serving gets ${JSON.stringify(BATCHING).replaceAll(/[{}"]/g, '').replaceAll(/[:,]/g, '$& ')}`,
  ],
  [
    'protocol',
    ({ instance }) => instance.contestant.protocol,
    'a gRPC request carries the same numbers in fewer bytes: that is part of what is compared',
  ],
  [
    'request bytes, one instance',
    ({ requestBytes, instance }) => (instance.target.kind === 'engine' ? undefined : String(requestBytes)),
    'equal inside a protocol: same bytes for every contestant',
  ],
  [
    'load generator',
    ({ floor, instance }) => (floor === undefined || instance.target.kind === 'engine' ? undefined : floorWords(floor)),
    'its own cost for these requests, against a server that answers at once: it is part of every latency',
  ],
  ['dtype', () => 'float32'],
  // Known once it is done: `warmUpOnce` enters it.
  ['warm-up', () => undefined],
  ['caching of answers', () => 'none'],
  [
    'connections',
    ({ instance }) =>
      instance.closesConnections === true
        ? 'a new one for each request'
        : instance.target.kind === 'rest'
          ? 'kept alive, one per client'
          : instance.target.kind === 'grpc'
            ? 'HTTP/2, one for all clients'
            : undefined,
  ],
  ['processes', ({ instance }) => (instance.processes.length === 0 ? undefined : String(instance.processes.length))],
  ['CPU affinity', ({ instance, allCpus }) => limits(instance.launch).cpus ?? `all ${allCpus}`],
  [
    'memory limit',
    ({ instance, memoryLimit }) =>
      typeof instance.launch.factors['memoryMb'] === 'number'
        ? `${instance.launch.factors['memoryMb']} MiB`
        : memoryLimit,
  ],
  ['model runs in', (entry) => (onServing(entry) ? entry.instance.contestant.backend : 'the process that answers')],
];

/** `p50 0.031 ms, 0.015 ms of CPU a request, sockets on system calls` */
function floorWords({ p50Ms, cpuMsPerRequest, driver }: Floor): string {
  const sockets = driver === 'node' ? 'node:net' : 'system calls';
  return `p50 ${p50Ms.toFixed(3)} ms, ${cpuMsPerRequest.toFixed(3)} ms of CPU a request, sockets on ${sockets}`;
}

/** What is known only of servers that were started here. */
const OF_THE_START = new Set([
  'engine',
  'intra-op threads',
  'inter-op threads',
  'request threads',
  'oneDNN kernels',
  'server-side batching',
  'instruction sets',
  'CPU affinity',
  'memory limit',
]);

/** One row per property over all contestants; a row whose values are not all equal is marked. */
export function fairnessLedger(entries: readonly LedgerEntry[]): LedgerRow[] {
  return PROPERTIES.map(([property, value, note]) => {
    const values: Record<string, string> = {};
    for (const entry of entries) {
      const found = !entry.instance.startedHere && OF_THE_START.has(property) ? 'not known' : value(entry);
      if (found !== undefined) values[entry.instance.contestant.id] = found;
    }
    return {
      property,
      values,
      differs: new Set(Object.values(values)).size > 1,
      ...(note === undefined ? {} : { note }),
    };
  });
}
