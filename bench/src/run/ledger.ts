import { dataTypeName, loadMessages } from '@serving-study/protos';
import { BATCHING, GRPC_THREADS, limits, REST_THREADS, type RunningInstance } from '../contestants/index.js';
import type { Cell, Condition, Floor, LedgerRow, Plan, TrialRecord } from '../record/index.js';
import type { GoldenSet, PreparedRequest } from '../requests/index.js';
import { environmentOf, processTree } from '../resources/index.js';

/** What set-up, Python and the model server tell of the engine behind a contestant. */
export interface LedgerFacts {
  /** Of the files that a server started here loads. */
  readonly modelDigest: string;
  readonly engine: string;
  readonly instructionSets: string;
  readonly allCpus: number;
  readonly memoryLimit: string;
}

/** What the ledger needs to know of one running contestant. */
export interface LedgerEntry extends LedgerFacts {
  readonly instance: RunningInstance;
  readonly golden: GoldenSet;
  readonly request: Pick<Condition, 'batch' | 'payload'>;
  readonly plan: Pick<Plan, 'cells' | 'passes' | 'startsAnew'>;
  /** What each generator itself takes for the requests that this contestant gets. */
  readonly floors: readonly Floor[];
  /** Whether the server was seen to end its connections. */
  readonly closes: boolean | undefined;
}

/** What is looked at once for a contestant. */
interface Looked extends LedgerEntry {
  readonly requests: readonly PreparedRequest[];
  /** Variables that any of its processes was started with. */
  readonly environment: ReadonlyMap<string, string>;
}

type Property = readonly [name: string, value: (entry: Looked) => string | undefined, note?: string];

const isOnServing = ({ instance }: LedgerEntry): boolean => instance.contestant.backend !== 'in-process';
const isEngine = ({ instance }: LedgerEntry): boolean => instance.target.kind === 'engine';

/** Threads as the launch or the server itself sets them: workers that share the CPUs get fewer. */
const threadsOf =
  (factor: string, variable: string): Property[1] =>
  ({ instance, environment }) => {
    const own = Number(environment.get(variable) ?? 0);
    return String(instance.launch.factors[factor] ?? (own > 0 ? own : 'automatic'));
  };

/** What is known only of servers that were started here; of others it is not printed. */
const OF_THE_START: readonly Property[] = [
  ['model', ({ golden }) => `${golden.model} version ${golden.version}`],
  ['model sha256', ({ modelDigest }) => modelDigest.slice(0, 16)],
  ['engine', ({ engine }) => engine],
  ['intra-op threads', threadsOf('intraOpThreads', 'STUDY_INTRA_OP_THREADS')],
  ['inter-op threads', threadsOf('interOpThreads', 'STUDY_INTER_OP_THREADS')],
  ['instruction sets', ({ instructionSets }) => instructionSets],
  [
    'request threads',
    (entry) => (isOnServing(entry) ? `gRPC ${GRPC_THREADS}, REST ${REST_THREADS}` : undefined),
    'more than the default of four for each CPU: beyond it TensorFlow Serving refuses gRPC requests at once',
  ],
  [
    'oneDNN kernels',
    ({ environment }) => {
      const setting = environment.get('TF_ENABLE_ONEDNN_OPTS');
      return setting === undefined ? undefined : setting === '0' ? 'off' : 'on';
    },
    'in the environment of the process that runs the model: the same kernels for all (docs/decisions/0014-kernels.md)',
  ],
  [
    'server-side batching',
    (entry) => (!isOnServing(entry) ? undefined : entry.instance.launch.factors['batching'] === true ? 'on' : 'off'),
    `of TensorFlow Serving; where a cell turns it on, it gets ${JSON.stringify(BATCHING).replaceAll(/[{}"]/g, '').replaceAll(/[:,]/g, '$& ')}`,
  ],
  [
    'processes',
    ({ instance: { processes } }) =>
      processes.length === 0 ? undefined : String(processes.flatMap(({ pid }) => processTree(pid)).length),
    'with their children, and the model server behind them',
  ],
  ['CPU affinity', ({ instance, allCpus }) => limits(instance.launch).cpus ?? `all ${allCpus}`],
  [
    'memory limit',
    ({ instance, memoryLimit }) => {
      const { memoryMb } = instance.launch.factors;
      return typeof memoryMb === 'number' ? `${memoryMb} MiB` : memoryLimit;
    },
  ],
  [
    'starts',
    ({ plan, instance }) =>
      plan.cells.every((cell) => cell.contestant !== instance.contestant.id)
        ? undefined
        : plan.passes === 1
          ? 'once'
          : plan.startsAnew
            ? `restarted for each of ${plan.passes} passes`
            : 'kept running over all passes',
    'how often processes are started for one group of cells',
  ],
];

/** Properties that decide whether two latencies may be compared (method rule 14). */
const PROPERTIES: readonly Property[] = [
  ...OF_THE_START.map(([name, value, ...note]): Property => [
    name,
    (entry) => (entry.instance.startedHere ? value(entry) : undefined),
    ...note,
  ]),
  [
    'protocol',
    ({ instance }) => instance.contestant.protocol,
    'a gRPC request carries the same numbers in fewer bytes: that is part of what is compared',
  ],
  [
    'request bytes, one instance',
    (entry) => (isEngine(entry) ? undefined : String(meanBytes(entry.requests))),
    'equal inside a protocol: same bytes for every contestant',
  ],
  ['dtype', ({ request, requests: [first] }) => first && dtypeOf(request.payload, first)],
  [
    'load generator',
    (entry) => (entry.floors.length === 0 || isEngine(entry) ? undefined : entry.floors.map(floorWords).join('; ')),
    'its own cost for these requests, against a server that answers at once: it is part of every latency',
  ],
  // Known once it is done: the admission enters it.
  ['warm-up', () => undefined, 'after the start; each trial begins with some of its own load besides'],
  [
    'connections',
    ({ instance, closes }) =>
      instance.target.kind === 'grpc'
        ? 'HTTP/2, one for all clients'
        : closes === undefined
          ? undefined
          : closes
            ? 'a new one for each request'
            : 'kept alive, one per client',
    'whether the server closes them is seen from its answers',
  ],
  ['model runs in', (entry) => (isOnServing(entry) ? entry.instance.contestant.backend : 'the process that answers')],
];

/** A row per property for one contestant; what was not found out is not in it. */
export function fairnessLedger(entry: LedgerEntry): LedgerRow[] {
  const { instance, golden, request } = entry;
  const looked: Looked = {
    ...entry,
    requests: golden.prepare({ batch: 1, payload: request.payload }),
    environment: new Map(
      instance.processes.flatMap(({ pid }) => processTree(pid)).flatMap((pid) => [...environmentOf(pid)]),
    ),
  };
  return PROPERTIES.map(([property, value, note]) => {
    const found = value(looked);
    const values = found === undefined ? {} : { [instance.contestant.id]: found };
    return { property, values, differs: false, ...(note === undefined ? {} : { note }) };
  });
}

/** The ledger with a contestant's rows; a row whose values are not all equal is marked. */
export function withRows(ledger: readonly LedgerRow[], rows: readonly LedgerRow[]): LedgerRow[] {
  return rows.map((fresh) => {
    const values = { ...ledger.find(({ property }) => property === fresh.property)?.values, ...fresh.values };
    return { ...fresh, values, differs: new Set(Object.values(values)).size > 1 };
  });
}

/** How late each generator was in the worst trial of each contestant; no row where there is one, beside the bench. */
export function generatorLags(trials: readonly TrialRecord[], cells: readonly Cell[]): LedgerRow[] {
  const contestantOf = new Map(cells.map(({ id, contestant }) => [id, contestant]));
  const worst = new Map<string, Map<string, number>>();
  for (const { cell, generators = {} } of trials)
    for (const [address, { lagP99Ms }] of Object.entries(generators)) {
      const contestant = contestantOf.get(cell) ?? cell;
      const lags = worst.get(contestant) ?? new Map<string, number>();
      worst.set(contestant, lags.set(address, Math.max(lagP99Ms, lags.get(address) ?? 0)));
    }
  const words = [...worst].map(([contestant, lags]) => [
    contestant,
    [...lags].map(([address, lagMs]) => `${address}: p99 ${lagMs.toFixed(3)} ms`).join('; '),
  ]);
  if (words.length === 0) return [];
  const values = Object.fromEntries(words) as LedgerRow['values'];
  const note = 'how late it sent, in the worst trial; each generator by its own clock';
  return [{ property: 'lag of the generators', values, differs: false, note }];
}

/** The ledger with a contestant's value of one property; of what it has already nothing changes. */
export function withValue(
  ledger: readonly LedgerRow[],
  property: string,
  contestant: string,
  value: string,
): LedgerRow[] {
  const known = ledger.find((row) => row.property === property);
  if (known === undefined || known.values[contestant] !== undefined) return [...ledger];
  const [row] = withRows(ledger, [{ ...known, values: { [contestant]: value } }]);
  return ledger.map((each) => (each === known && row !== undefined ? row : each));
}

/** Mean over the inputs. */
function meanBytes(requests: readonly PreparedRequest[]): number {
  return Math.round(requests.reduce((sum, { body }) => sum + body.length, 0) / requests.length);
}

/** How the request that was prepared says its numbers. */
function dtypeOf(payload: Condition['payload'], { body }: PreparedRequest): string {
  if (payload === 'json') return 'decimal text';
  if (payload === 'base64') return 'bytes in base64';
  const type = loadMessages().lookupType('tensorflow.serving.PredictRequest');
  const { inputs } = type.toObject(type.decode(body)) as { inputs: Record<string, { dtype: number }> };
  return Object.values(inputs)
    .map(({ dtype }) => dataTypeName(dtype))
    .join();
}

/** `p50 0.031 ms, 0.015 ms of CPU a request`; of one on another machine after its address. */
function floorWords({ p50Ms, cpuMsPerRequest, generator }: Floor): string {
  const at = generator === undefined ? '' : `${generator}: `;
  return `${at}p50 ${p50Ms.toFixed(3)} ms, ${cpuMsPerRequest.toFixed(3)} ms of CPU a request`;
}
