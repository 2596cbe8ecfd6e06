import type { Findings } from '../judge/findings.js';
import { linesByContestant } from '../observations/work-by-hand/record.js';
import { valueIn, valuesIn, type Where } from './where.js';
import { percentileMs, type CellResult, type Interval, type ModelFacts, type Table } from '../record/index.js';
import { LATENCY_LIMIT_MS } from '../stats/index.js';

/** A figure or a word of a cell: its name with the unit, and its value. Null: there is none, or too few samples certify it. */
export interface ColumnOf {
  readonly name: string;
  readonly kind: Table['columns'][number]['kind'];
  value(each: CellResult, chapter: Chapter): string | number | Interval | null;
}

/** What a column may look at besides its cell. */
export interface Chapter {
  readonly findings: Findings;
  readonly experiment: string;
  /** What `gain` divides by: the cell that differs in these values alone. */
  readonly against: Where;
  readonly cells: readonly CellResult[];
}

const text = (name: string, value: ColumnOf['value']): ColumnOf => ({ name, kind: 'text', value });
const number = (name: string, value: ColumnOf['value']): ColumnOf => ({ name, kind: 'number', value });
const varied = (name: string, of: string): ColumnOf => number(name, ({ cell }) => numberIn(cell, of));
const fact = (name: string, of: (facts: ModelFacts) => string | number | null): ColumnOf =>
  number(name, ({ cell }, { findings }) => {
    const facts = findings.models.get(cell.condition.model);
    return facts === undefined ? null : of(facts);
  });
const percentile = (name: string, latency: 'service' | 'response', p: number): ColumnOf =>
  number(name, (each) => percentileMs(each[latency], p));

/** Every figure and word that charts and tables take from a cell. */
const COLUMNS = {
  contestant: { name: 'contestant', kind: 'contestant', value: ({ cell }) => cell.contestant },
  variant: text('way', (each, chapter) => variantOf(each, chapter) ?? '–'),
  model: text('model', ({ cell }) => cell.condition.model),
  'what was done': { ...fact('what was done', ({ title }) => title), kind: 'text' },
  parameters: fact('parameters', ({ parameters }) => parameters),
  MFLOPs: fact('MFLOPs per instance', ({ flopsPerInstance: flops }) => (flops === null ? null : flops / 1e6)),
  'bytes on disk': fact('bytes on disk', ({ bytes }) => bytes),
  compressed: fact('compressed (bytes)', ({ gzipBytes }) => gzipBytes),
  accuracy: fact('accuracy (%)', ({ accuracy }) => (accuracy === null ? null : 100 * accuracy)),
  clients: varied('clients', 'clients'),
  load: text('load', ({ cell: { condition } }) =>
    condition.loop.kind === 'open' ? `${condition.loop.ratePerS} requests/s` : `${condition.loop.concurrency} clients`,
  ),
  instances: varied('instances per request', 'batch'),
  payload: text('numbers as', ({ cell }) => cell.condition.payload),
  rate: varied('requests per second', 'ratePerS'),
  rtt: varied('added round trip (ms)', 'rttMs'),
  jitter: varied('jitter up to (ms)', 'jitterMs'),
  bandwidth: varied('bandwidth (Mbit/s)', 'bandwidthMbitS'),
  'connection loss': varied('connections lost (1/s)', 'connectionLossPerS'),
  given: text('given', given),
  device: text(
    'model, device',
    ({ cell }) => `${cell.condition.model}, ${String(valueIn(cell, 'device')).toUpperCase()}`,
  ),
  replicas: varied('replicas', 'replicas'),
  n: number('n', ({ service }) => service.n),
  throughput: number('answers per second', ({ throughputPerS }) => throughputPerS),
  'instances per second': number('instances per second', ({ cell, throughputPerS }) => {
    const { value, low, high } = throughputPerS;
    const { batch } = cell.condition;
    return { value: value * batch, low: low * batch, high: high * batch };
  }),
  goodput: number(`goodput per second (${LATENCY_LIMIT_MS} ms)`, ({ goodputPerS }) => goodputPerS),
  p50: percentile('p50 service time (ms)', 'service', 0.5),
  p90: percentile('p90 service time (ms)', 'service', 0.9),
  p95: percentile('p95 service time (ms)', 'service', 0.95),
  p99: percentile('p99 service time (ms)', 'service', 0.99),
  'response p50': percentile('p50 response time (ms)', 'response', 0.5),
  'response p99': percentile('p99 response time (ms)', 'response', 0.99),
  'p50 per instance': number('p50 per instance (ms)', ({ cell, service }) => {
    const p50 = percentileMs(service, 0.5);
    return p50 === null ? null : p50 / cell.condition.batch;
  }),
  failed: number('failed (%)', ({ outcomes }) => {
    const all = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
    return all === 0 ? null : (100 * (all - outcomes.ok)) / all;
  }),
  'bytes out': number('bytes out', ({ bytesOutMean }) => Math.round(bytesOutMean)),
  'bytes in': number('bytes in', ({ bytesInMean }) => Math.round(bytesInMean)),
  'CPU per request': number('CPU ms per request', ({ cpuMsPerRequest }) => cpuMsPerRequest),
  'answers per CPU second': number('answers per CPU second', ({ cpuMsPerRequest }) =>
    cpuMsPerRequest === null || cpuMsPerRequest === 0 ? null : 1000 / cpuMsPerRequest,
  ),
  memory: number('memory at most (MB)', ({ rssMaxBytes }) =>
    rssMaxBytes === null ? null : Math.round(rssMaxBytes / 1e6),
  ),
  lines: number('lines of code', ({ cell }, { findings }) => linesByContestant(findings).get(cell.contestant) ?? null),
  'over the engine': number('over the bare engine (p50, ms)', (each, chapter) => {
    const [own, bare] = medians(each, chapter, { contestant: 'bare-engine' });
    return own === null || bare === null ? null : own - bare;
  }),
  'added to the engine': number('added to the engine (%)', (each, chapter) => {
    const [own, bare] = medians(each, chapter, { contestant: 'bare-engine' });
    return own === null || bare === null ? null : 100 * (own / bare - 1);
  }),
  gain: number('times the one compared with', (each, chapter) => {
    const other = counterpart(each, chapter, chapter.against)?.throughputPerS.value;
    return other ? each.throughputPerS.value / other : null;
  }),
  'share of the base': number("time of the base's (%)", (each, chapter) => {
    const base = chapter.findings.models.get(each.cell.condition.model)?.base;
    if (base === undefined || base === null) return null;
    const [own, other] = medians(each, chapter, { model: base });
    return own === null || other === null ? null : (100 * own) / other;
  }),
  valid: text('valid', ({ valid }) => (valid ? 'yes' : 'INVALID')),
} satisfies Record<string, ColumnOf>;

export type Column = keyof typeof COLUMNS;

/** By its key. */
export function column(key: Column): ColumnOf {
  return COLUMNS[key];
}

/** A column's figure; null for words and where there is none. */
export function figureOf(key: Column, each: CellResult, chapter: Chapter): number | null {
  const value = column(key).value(each, chapter);
  if (value === null || typeof value === 'string') return null;
  return typeof value === 'number' ? value : value.value;
}

/** How many times a figure is that of the cell which differs from it in these values alone; null where one is missing. */
export function gainOf(key: Column, each: CellResult, chapter: Chapter, against: Where): number | null {
  const other = counterpart(each, chapter, against);
  if (other === undefined) return null;
  const [own, theirs] = [figureOf(key, each, chapter), figureOf(key, other, chapter)];
  return own === null || theirs === null || theirs === 0 ? null : own / theirs;
}

/** What tells cells of one contestant apart in a chart: how requests carry their numbers, whether the server joins them. */
export function variantOf({ cell }: CellResult, { cells }: Pick<Chapter, 'cells'>): string | undefined {
  const { payload, model, factors } = cell.condition;
  const differs = cells.some(
    ({ cell: other }) =>
      other.contestant === cell.contestant && other.condition.model === model && other.condition.payload !== payload,
  );
  const parts = [...(differs ? [payload] : []), ...(factors?.['batching'] === true ? ['batching'] : [])];
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** The cell that differs in the values of `against` alone; undefined where it is INVALID: nothing is told of its figures. */
function counterpart({ cell }: CellResult, { findings, experiment }: Chapter, against: Where): CellResult | undefined {
  const { payload, ...same } = valuesIn(cell);
  // Between two contestants the payload is part of the protocol.
  const form = against['contestant'] === undefined ? { payload } : {};
  const found = findings.find(experiment, { ...same, ...form, ...against });
  return found?.valid !== true || found.cell === cell ? undefined : found;
}

function medians(each: CellResult, chapter: Chapter, against: Where): [number | null, number | null] {
  const other = counterpart(each, chapter, against);
  return [percentileMs(each.service, 0.5), other === undefined ? null : percentileMs(other.service, 0.5)];
}

function numberIn(cell: CellResult['cell'], name: string): number | null {
  const value = valueIn(cell, name);
  return typeof value === 'number' ? value : null;
}

/** `CPUs 0,1`, `1 + 1 threads`, `384 MiB`: what the server was given. */
function given({ cell }: CellResult): string {
  const { cpus, intraOpThreads, interOpThreads, memoryMb } = cell.condition.factors ?? {};
  if (memoryMb !== undefined) return `${memoryMb} MiB`;
  return cpus === undefined ? `${intraOpThreads ?? 'auto'} + ${interOpThreads ?? 'auto'} threads` : `CPUs ${cpus}`;
}
