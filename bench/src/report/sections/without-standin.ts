import type { Chart, ExperimentResult, Sentence, Table } from '../../record/index.js';

/** An experiment in two parts (method rule 20): what the report may print, and what stands in the stand-in's section. */
export interface Parted {
  readonly own: ExperimentResult;
  /** Charts and tables with the stand-in's figures beside the others, and the sentences that rest on them. */
  readonly standin: Pick<ExperimentResult, 'charts' | 'tables'> & { readonly words: readonly Sentence[] };
}

export function partExperiment(experiment: ExperimentResult, isStandin: (contestant: string) => boolean): Parted {
  const { answer, why, charts, tables } = experiment;
  const rests = ({ contestants }: Sentence): boolean => contestants.some(isStandin);
  const own = {
    answer: answer.filter((sentence) => !rests(sentence)),
    ...(why === undefined ? {} : { why: why.filter((sentence) => !rests(sentence)) }),
    charts: charts.map((chart) => partChart(chart, isStandin)),
    tables: tables.map((table) => partTable(table, isStandin)),
  };
  return {
    own: { ...experiment, ...own },
    standin: {
      words: [...answer, ...(why ?? [])].filter(rests),
      charts: charts.filter((chart) => !own.charts.includes(chart)),
      tables: tables.filter((table) => !own.tables.includes(table)),
    },
  };
}

/** A chart without the stand-in's points; the same object when it has none. */
function partChart(chart: Chart, isStandin: (id: string) => boolean): Chart {
  const points = chart.points.filter(({ contestant }) => !isStandin(contestant));
  // The points keep their kind, which TypeScript does not see.
  return points.length === chart.points.length ? chart : ({ ...chart, points } as Chart);
}

function partTable(table: Table, isStandin: (id: string) => boolean): Table {
  const rows = table.rows.filter(
    (row) => !row.some((value, column) => table.columns[column]?.kind === 'contestant' && isStandin(String(value))),
  );
  return rows.length === table.rows.length ? table : { ...table, rows };
}
