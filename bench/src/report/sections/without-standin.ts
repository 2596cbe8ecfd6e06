import type { Chart, ClaimVerdict, ExperimentResult, Sentence, Table } from '../../record/index.js';
import type { ReportContext } from './report-context.js';

/** An experiment in two parts (method rule 20): what the report may print, and what is told in the stand-in's section. */
export interface Parted {
  readonly own: ExperimentResult;
  /** Charts and tables with the stand-in's figures beside the others, and the sentences that rest on them. */
  readonly standin: Pick<ExperimentResult, 'charts' | 'tables'> & { readonly words: readonly Sentence[] };
}

export function partExperiment(context: ReportContext, experiment: ExperimentResult): Parted {
  const { answer, why, charts, tables } = experiment;
  const isStandin = (id: string): boolean => context.isStandin(id);
  const rests = ({ contestants }: Sentence): boolean => contestants.some(isStandin);
  const [ownCharts, ownTables] = [
    charts.map((chart) => partChart(chart, isStandin)),
    tables.map((table) => partTable(table, isStandin)),
  ];
  return {
    own: {
      ...experiment,
      answer: answer.filter((sentence) => !rests(sentence)),
      ...(why === undefined ? {} : { why: why.filter((sentence) => !rests(sentence)) }),
      charts: ownCharts,
      tables: ownTables,
    },
    standin: {
      words: [...answer, ...(why ?? [])].filter(rests),
      charts: charts.filter((chart, index) => chart !== ownCharts[index]),
      tables: tables.filter((table, index) => table !== ownTables[index]),
    },
  };
}

/** A chart without the stand-in's points; the same object when it has none. */
function partChart(chart: Chart, isStandin: (id: string) => boolean): Chart {
  if (chart.kind === 'ratios') {
    const rows = chart.rows.filter(({ contestants }) => !Object.values(contestants).some(isStandin));
    return rows.length === chart.rows.length ? chart : { ...chart, rows };
  }
  if (!chart.points.some(({ contestant }) => isStandin(contestant))) return chart;
  const own = <P extends { contestant: string }>(points: P[]): P[] =>
    points.filter(({ contestant }) => !isStandin(contestant));
  switch (chart.kind) {
    case 'lines':
    case 'bars':
      return { ...chart, points: own(chart.points) };
    case 'spectrum':
      return { ...chart, points: own(chart.points) };
    case 'timeline':
      return { ...chart, points: own(chart.points) };
  }
}

function partTable(table: Table, isStandin: (id: string) => boolean): Table {
  const rows = table.rows.filter(
    (row) => !row.some((value, column) => table.columns[column]?.kind === 'contestant' && isStandin(String(value))),
  );
  return rows.length === table.rows.length ? table : { ...table, rows };
}

/**
 * The claims as the report may print them. A claim that is not about TensorFlow Serving but was decided with cells of the
 * stand-in is taken back too: its verdict is only the stand-in's reading.
 */
export function claimsWithoutStandin(context: ReportContext): ClaimVerdict[] {
  return context.results.claims.map((claim) => {
    const rests = claim.effects.some(({ contestants }) =>
      Object.values(contestants).some((id) => context.isStandin(id)),
    );
    if (claim.standin !== undefined || !rests) return claim;
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

/** A claim as the stand-in's figures would decide it; undefined where there are none. */
export function standinReading({ standin, ...claim }: ClaimVerdict): ClaimVerdict | undefined {
  if (standin === undefined) return undefined;
  return { ...claim, verdict: standin.verdict, reason: standin.reason, effects: standin.effects ?? [] };
}
