import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import type { Findings } from '../../analysis/findings.js';
import { milliseconds, percentileMs, pointsByContestant } from '../../analysis/series.js';
import type { CellResult } from '../../record/index.js';
import type { NamedChart as Chart, NamedTable as Table } from '../../analysis/told.js';

/** Serving is called negligible where it adds less than this share to the bare engine. */
const NEGLIGIBLE = 0.1;

export const complexityAnalysis: ExperimentAnalysis = {
  id: 'complexity',
  title: 'How heavy the model is',
  question:
    'From which model on does the choice of server stop mattering, because the model itself takes so much longer?',
  hypothesis: 'What a server adds is nearly constant; the heavier the model, the smaller its share.',
  analyse: (findings) => {
    const cells = findings.of('complexity');
    return {
      done: `One client, one instance per request, ${new Set(cells.map(({ cell }) => cell.condition.model)).size} models from ${count(findings, cells, Math.min)} to ${count(findings, cells, Math.max)} parameters. Weights of the larger ones are seeded, not trained: their labels mean nothing, their arithmetic is real.`,
      answer: answer(findings, cells),
      meaning:
        'Find your model on the axis by its FLOPs. Left of the crossing, choose the server for speed; right of it, choose it for versions, batching and operation.',
      charts: [
        {
          kind: 'lines',
          title: 'Median latency by arithmetic per instance',
          caption: 'FLOPs counted on the exported graph; a multiplication and an addition are two.',
          x: 'FLOPs per instance',
          y: 'p50 service time (ms)',
          xScale: 'log',
          yScale: 'log',
          points: pointsByContestant(
            findings,
            cells,
            (each) => flops(findings, each),
            ({ service }) => percentileMs(service, 0.5),
          ),
        },
        ...(['width', 'depth'] as const).map((series): Chart => varied(findings, cells, series)),
      ],
      tables: [table(findings, cells)],
    };
  },
};

function flops(findings: Findings, { cell }: CellResult): number {
  return findings.model(cell.condition.model)?.flopsPerInstance ?? 0;
}

function parameters(findings: Findings, { cell }: CellResult): number {
  return findings.model(cell.condition.model)?.parameters ?? 0;
}

function count(findings: Findings, cells: readonly CellResult[], pick: (...values: number[]) => number): string {
  const value = pick(...cells.map((each) => parameters(findings, each)));
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} million` : `${Math.round(value / 1e3)} thousand`;
}

function varied(findings: Findings, cells: readonly CellResult[], series: 'width' | 'depth'): Chart {
  const own = cells.filter(({ cell }) => findings.model(cell.condition.model)?.series.includes(series));
  return {
    kind: 'lines',
    title: series === 'width' ? 'Wider layers, same depth' : 'More layers, same width',
    caption: 'Each point is one model of the series.',
    x: 'parameters',
    y: 'p50 service time (ms)',
    xScale: 'log',
    yScale: 'log',
    points: pointsByContestant(
      findings,
      own,
      (each) => parameters(findings, each),
      ({ service }) => percentileMs(service, 0.5),
    ),
  };
}

/** What serving adds to the bare engine, as a share of the engine's own time. */
function added(findings: Findings, each: CellResult): number | undefined {
  const engine = findings.find(
    'complexity',
    'bare-engine',
    ({ condition }) => condition.model === each.cell.condition.model,
  );
  const [own, bare] = [
    percentileMs(each.service, 0.5),
    engine === undefined ? null : percentileMs(engine.service, 0.5),
  ];
  return own === null || bare === null ? undefined : own / bare - 1;
}

function answer(findings: Findings, cells: readonly CellResult[]): string {
  const contestants = [...new Set(cells.map(({ cell }) => cell.contestant))].filter((id) => id !== 'bare-engine');
  return contestants
    .map((id) => {
      const own = cells.filter(({ cell }) => cell.contestant === id);
      const from = own.find((_, at) => own.slice(at).every((later) => (added(findings, later) ?? 1) < NEGLIGIBLE));
      return from === undefined
        ? `${findings.label(id)} adds more than a tenth to every model measured.`
        : `${findings.label(id)} adds less than a tenth from ${from.cell.condition.model} on (${milliseconds(percentileMs(from.service, 0.5))}).`;
    })
    .join(' ');
}

function table(findings: Findings, cells: readonly CellResult[]): Table {
  return {
    title: 'Models and what serving adds',
    columns: [
      { name: 'model', numeric: false },
      { name: 'parameters', numeric: true },
      { name: 'MFLOPs', numeric: true },
      { name: 'contestant', numeric: false },
      { name: 'p50 (ms)', numeric: true },
      { name: 'added to the engine (%)', numeric: true },
    ],
    rows: cells.map((each) => {
      const share = added(findings, each);
      return [
        each.cell.condition.model,
        parameters(findings, each),
        flops(findings, each) / 1e6,
        findings.label(each.cell.contestant),
        percentileMs(each.service, 0.5),
        share === undefined ? null : 100 * share,
      ];
    }),
  };
}
