import { OK, type SampleTable } from '../../samples/index.js';
import { OUTCOMES } from '../../record/index.js';
import { certifiedMs, sortLatencies } from '../../stats/index.js';
import type { HotUpdate } from './record.js';

type Read = Omit<HotUpdate['updates'][number], 'contestant' | 'way' | 'memoryMb'>;

/** When what happened, in seconds from the start of the load. */
export interface UpdateTimes {
  readonly newVersion: number;
  readonly publishedAtS: number;
  readonly duringS: number;
  /** From when on the new version answers, where both predict the same; absent: known by the answers. */
  readonly newFromS?: number;
}

const BIN_S = 0.25;
const WRONG = OUTCOMES.indexOf('wrong-answer');
const SLOW_TIMES = 10;

/**
 * What the samples of one update say. `during` lasts from the publication until a second after the first new answer, and at
 * least `duringS`, so that enough requests fall into it to certify its p99. Percentiles are of all requests, failed ones
 * counting as never answered (method rule 4).
 */
export function readUpdate(samples: SampleTable, { newVersion, publishedAtS, duringS, newFromS }: UpdateTimes): Read {
  const rows = Array.from({ length: samples.length }, (_, row) => ({
    atS: (samples.intendedAtNs[row] ?? 0) / 1e9,
    doneAtS: (samples.doneAtNs[row] ?? Number.NaN) / 1e9,
    ms: ((samples.doneAtNs[row] ?? Number.NaN) - (samples.intendedAtNs[row] ?? 0)) / 1e6,
    ok: samples.outcome[row] === OK,
    mixed: samples.outcome[row] === WRONG,
    fresh:
      newFromS === undefined ? samples.version[row] === newVersion : (samples.intendedAtNs[row] ?? 0) / 1e9 >= newFromS,
  })).sort((a, b) => a.atS - b.atS);
  const answered = rows.filter(({ ok }) => ok);
  const firstNewAtS = Math.min(...answered.filter(({ fresh }) => fresh).map(({ doneAtS }) => doneAtS));
  const settledAtS = Number.isFinite(firstNewAtS) ? Math.max(firstNewAtS + 1, publishedAtS + duringS) : Infinity;
  const before = rows.filter(({ atS }) => atS < publishedAtS);
  const during = rows.filter(({ atS }) => atS >= publishedAtS && atS < settledAtS);
  const after = rows.filter(({ atS }) => atS >= settledAtS);
  const usual = percentileMs(before, 0.5);
  return {
    requests: rows.length,
    requestsDuring: during.length,
    failedBefore: failures(before),
    failed: failures(during) + failures(after),
    mixed: rows.filter(({ mixed }) => mixed).length,
    stale: answered.filter(({ fresh, atS }) => !fresh && atS > firstNewAtS).length,
    slow: usual === null ? 0 : answered.filter(({ ms, atS }) => atS >= publishedAtS && ms > SLOW_TIMES * usual).length,
    firstNewAtS: Number.isFinite(firstNewAtS) ? firstNewAtS : null,
    p99Ms: {
      before: percentileMs(before, 0.99),
      during: percentileMs(during, 0.99),
      after: percentileMs(after, 0.99),
    },
    timeline: bins(rows),
  };
}

interface Row {
  readonly atS: number;
  readonly ms: number;
  readonly ok: boolean;
  readonly mixed: boolean;
  readonly fresh: boolean;
}

function failures(rows: readonly Row[]): number {
  return rows.filter(({ ok, mixed }) => !ok && !mixed).length;
}

function bins(rows: readonly Row[]): Read['timeline'] {
  const last = rows.at(-1)?.atS ?? 0;
  return Array.from({ length: Math.ceil(last / BIN_S) }, (_, index) => {
    const own = rows.filter(({ atS }) => atS >= index * BIN_S && atS < (index + 1) * BIN_S);
    const answered = own.filter(({ ok }) => ok);
    return {
      atS: index * BIN_S,
      maxMs: Math.max(0, ...answered.map(({ ms }) => ms)),
      failed: own.length - answered.length,
    };
  });
}

function percentileMs(rows: readonly Row[], p: number): number | null {
  return certifiedMs(sortLatencies(Float64Array.from(rows, ({ ok, ms }) => (ok ? ms * 1e6 : Infinity))), p);
}
