import type { Chart, ClaimVerdict, Effect, ExperimentResult, Table } from '../../record/index.js';
import type { ReportContext } from './report-context.js';

/** An experiment in two parts: what may stand in the report, and whether something was taken out for the stand-in's section. */
export interface Sifted {
  readonly experiment: ExperimentResult;
  readonly removed: boolean;
  /** True when the answer or its reasons speak of the stand-in and so are told in its section. */
  readonly wordsMoved: boolean;
}

/** Takes the stand-in's figures and sentences out of an experiment (method rule 20). */
export function withoutStandin(context: ReportContext, experiment: ExperimentResult): Sifted {
  const names = (text: string): boolean => context.namesStandin(text);
  const charts = experiment.charts.map((chart) => siftChart(chart, names));
  const tables = experiment.tables.map((table) => siftTable(table, names));
  const wordsMoved = [experiment.answer, experiment.why ?? '', experiment.meaning].some(names);
  const removed =
    charts.some((chart, index) => chart !== experiment.charts[index]) ||
    tables.some((table, index) => table !== experiment.tables[index]);
  return { experiment: { ...experiment, charts, tables }, removed: removed || wordsMoved, wordsMoved };
}

/** A chart without points that name the stand-in; the same object when there were none. */
function siftChart(chart: Chart, names: (text: string) => boolean): Chart {
  switch (chart.kind) {
    case 'lines':
    case 'bars': {
      const points = chart.points.filter(({ series, x }) => !names(series) && !(typeof x === 'string' && names(x)));
      return points.length === chart.points.length ? chart : { ...chart, points };
    }
    case 'spectrum': {
      const points = chart.points.filter(({ series }) => !names(series));
      return points.length === chart.points.length ? chart : { ...chart, points };
    }
    case 'timeline': {
      const points = chart.points.filter(({ series }) => !names(series));
      return points.length === chart.points.length ? chart : { ...chart, points };
    }
    case 'ratios': {
      const rows = chart.rows.filter(({ label, effect }) => !names(label) && !names(effect.ratioOf));
      return rows.length === chart.rows.length ? chart : { ...chart, rows };
    }
  }
}

function siftTable(table: Table, names: (text: string) => boolean): Table {
  const rows = table.rows.filter((row) => !row.some((value) => typeof value === 'string' && names(value)));
  return rows.length === table.rows.length ? table : { ...table, rows };
}

/**
 * The claims as the report may print them. A claim that is not about TensorFlow Serving but was decided with cells of the
 * stand-in is taken back too: its verdict is only the stand-in's reading.
 */
export function claimsWithoutStandin(context: ReportContext): ClaimVerdict[] {
  return context.results.claims.map((claim) => {
    if (claim.standin !== undefined || !claim.effects.some((effect) => restsOnStandin(context, effect))) return claim;
    const { verdict, reason, effects } = claim;
    return {
      ...claim,
      verdict: 'NOT TESTED',
      reason: 'it was measured with a stand-in in the place of TensorFlow Serving, and a stand-in decides nothing',
      effects: [],
      standin: { verdict, reason, effects },
    };
  });
}

function restsOnStandin(context: ReportContext, { cells, ratioOf }: Effect): boolean {
  const compared = cells === undefined ? [] : [cells.numerator, cells.denominator];
  return (
    context.namesStandin(ratioOf) || compared.some((id) => context.isStandin(context.cell(id)?.cell.contestant ?? ''))
  );
}

/** A claim as the stand-in's figures would decide it; undefined where there are none. */
export function standinReading(claim: ClaimVerdict): ClaimVerdict | undefined {
  if (claim.standin === undefined) return undefined;
  const { standin, ...rest } = claim;
  return { ...rest, verdict: standin.verdict, reason: standin.reason, effects: standin.effects ?? [] };
}
