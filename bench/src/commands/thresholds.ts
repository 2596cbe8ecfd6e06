import { CATALOGUE } from '../contestants/index.js';
import { CLAIMS, QUESTIONS } from '../questions/index.js';
import { percentileMs, VERDICTS, type CellResult, type Results } from '../record/index.js';
import { PERCENTILES } from '../stats/index.js';
import { formatPercentile } from '../words/number.js';

const METRICS = [...PERCENTILES.map(formatPercentile), 'throughput', 'failed'].map((id) => ({ id }));

/** What thresholds look at. */
type Judged = Pick<Results, 'claims' | 'cells'>;

/** A condition under which a run fails in a pipeline, as it was typed and as it is judged. */
export interface Threshold {
  readonly text: string;
  /** Where and how it is met, one text each; none when the run is fine. */
  readonly misses: (results: Judged) => readonly string[];
}

export const THRESHOLD_HELP =
  'claim=VERDICT, claim!=VERDICT, or metric(experiment/contestant)>number, also <: p50, p90, p95, p99, p99.9 in ms, throughput per second, failed as a share';

/**
 * `gap-is-large!=CONFIRMED`; `p99(headline/flask-style)>5`: in any cell of that experiment and contestant, response times in
 * ms. @throws Error for names that do not exist, naming those that do.
 */
export function parseThreshold(text: string): Threshold {
  const [, metric = '', experiment = '', contestant = '', than = '', limit = ''] =
    /^(p\d+(?:\.\d+)?|throughput|failed)\(([^/()]+)\/([^/()]+)\)\s*([<>])\s*(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (metric !== '') {
    mustBe('experiment', experiment, QUESTIONS);
    mustBe('contestant', contestant, CATALOGUE);
    mustBe('metric', metric, METRICS);
    return cellThreshold(text, metric, { experiment, contestant }, (value) =>
      than === '>' ? value > Number(limit) : value < Number(limit),
    );
  }
  const [, claim = '', unequal = '', verdict = ''] = /^([\w-]+)\s*(!?)=\s*([A-Z ]+)$/.exec(text) ?? [];
  if (claim === '') throw new Error(`--fail-on "${text}" is no threshold: ${THRESHOLD_HELP}`);
  mustBe('claim', claim, CLAIMS);
  mustBe(
    'verdict',
    verdict,
    VERDICTS.map((id) => ({ id })),
  );
  return {
    text,
    misses: ({ claims }) => {
      const own = claims.filter((each) => each.claim === claim);
      if (own.length === 0) return [`${claim} was not put to this run`];
      return own
        .filter((each) => (each.verdict === verdict) !== (unequal === '!'))
        .map((each) => `${claim} is ${each.verdict}: ${each.reason}`);
    },
  };
}

/** The thresholds that a run misses, in words. */
export function missedThresholds(thresholds: readonly Threshold[], results: Judged): string[] {
  return thresholds.flatMap(({ text, misses }) => misses(results).map((miss) => `${text}: ${miss}`));
}

function cellThreshold(
  text: string,
  metric: string,
  of: { readonly experiment: string; readonly contestant: string },
  isMissed: (value: number) => boolean,
): Threshold {
  return {
    text,
    misses: ({ cells }) => {
      const own = cells.filter(({ cell }) => {
        return cell.experiment === of.experiment && cell.contestant === of.contestant;
      });
      // What nobody knows is not within a limit.
      if (own.length === 0) return ['no valid cell'];
      return own.flatMap((result) => {
        if (!result.valid) return [`${result.cell.id} is not valid`];
        const value = metricOf(result, metric);
        if (value === null) return [`${result.cell.id} has too few samples`];
        return isMissed(value) ? [`${result.cell.id} has ${value.toPrecision(4)}`] : [];
      });
    },
  };
}

function metricOf({ response, throughputPerS, outcomes }: CellResult, metric: string): number | null {
  if (metric === 'throughput') return throughputPerS.value;
  if (metric === 'failed') {
    const all = Object.values(outcomes).reduce((sum, each) => sum + each, 0);
    return all === 0 ? null : 1 - outcomes.ok / all;
  }
  return percentileMs(response, Number(metric.slice(1)) / 100);
}

function mustBe(kind: string, name: string, all: readonly { readonly id: string }[]): void {
  if (!all.some(({ id }) => id === name))
    throw new Error(`--fail-on: no ${kind} is called ${name}; there are: ${all.map(({ id }) => id).join(', ')}`);
}
