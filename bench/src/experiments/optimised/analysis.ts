import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import type { Findings } from '../../analysis/findings.js';
import { percentileMs } from '../../analysis/series.js';
import type { CellResult, ModelFacts } from '../../record/index.js';
import type { NamedTable as Table } from '../../analysis/told.js';

/** MLPerf's two lines: 99% and 99.9% of the float model's accuracy. */
const QUALITY_LINES = [0.99, 0.999] as const;
/** Less than this counts as no change in time. */
const SAME_TIME = 0.05;

export const optimisedAnalysis: ExperimentAnalysis = {
  id: 'optimised',
  title: 'Optimised models',
  question: 'Do smaller weights or fewer operations make answers come sooner, and what do they cost in accuracy?',
  hypothesis:
    'Fewer bytes on disk (float16, int8, zeros) save storage and no time, since the graph computes in float32 as before; fewer channels and separable convolutions save time.',
  analyse: (findings) => {
    const cells = findings.of('optimised');
    return {
      done: 'Each variant and the model it was made from, served alike: one client, one instance per request. Accuracy is on held-out images, of the exported files themselves.',
      answer: answers(findings, cells),
      meaning:
        'Ask of an optimisation what it saves: bytes on disk and in transfer, or arithmetic. Only the second shortens a prediction on this hardware.',
      charts: [
        {
          kind: 'bars',
          title: 'Median latency of each variant',
          caption: 'Beside the accuracy in the table below.',
          x: 'model',
          y: 'p50 service time (ms)',
          stacked: false,
          points: cells.flatMap((each) => {
            const y = percentileMs(each.service, 0.5);
            return y === null
              ? []
              : [{ series: findings.label(each.cell.contestant), x: each.cell.condition.model, y, valid: each.valid }];
          }),
        },
      ],
      tables: [table(findings, cells)],
    };
  },
};

function baseOf(findings: Findings, facts: ModelFacts): ModelFacts | undefined {
  return facts.base === null ? undefined : findings.model(facts.base);
}

/** Median of a variant over its base's, by the same contestant. */
function timeRatio(findings: Findings, each: CellResult): number | undefined {
  const base = findings.model(each.cell.condition.model)?.base;
  const other =
    base === undefined || base === null
      ? undefined
      : findings.find('optimised', each.cell.contestant, ({ condition }) => condition.model === base);
  const [own, from] = [percentileMs(each.service, 0.5), other === undefined ? null : percentileMs(other.service, 0.5)];
  return own === null || from === null ? undefined : own / from;
}

function answers(findings: Findings, cells: readonly CellResult[]): string {
  return cells
    .filter(({ cell }) => cell.contestant === 'bare-engine')
    .flatMap((each) => {
      const facts = findings.model(each.cell.condition.model);
      const base = facts === undefined ? undefined : baseOf(findings, facts);
      const ratio = timeRatio(findings, each);
      if (facts === undefined || base === undefined || ratio === undefined) return [];
      const bytes = `${Math.round((100 * facts.bytes) / base.bytes)}% of the bytes`;
      const time = Math.abs(ratio - 1) <= SAME_TIME ? 'no time saved' : `${Math.round(100 * ratio)}% of the time`;
      return [`${facts.name}: ${bytes}, ${time}${quality(facts, base)}.`];
    })
    .join(' ');
}

function quality(facts: ModelFacts, base: ModelFacts): string {
  if (facts.accuracy === null || base.accuracy === null) return '';
  const share = facts.accuracy / base.accuracy;
  const held = QUALITY_LINES.filter((line) => share >= line).at(-1);
  return held === undefined
    ? `, below 99% of the accuracy (${(100 * share).toFixed(1)}%)`
    : `, at least ${100 * held}% of the accuracy`;
}

function table(findings: Findings, cells: readonly CellResult[]): Table {
  return {
    title: 'Speed with accuracy',
    columns: [
      { name: 'model', numeric: false },
      { name: 'what was done', numeric: false },
      { name: 'bytes on disk', numeric: true },
      { name: 'compressed', numeric: true },
      { name: 'MFLOPs', numeric: true },
      { name: 'accuracy (%)', numeric: true },
      { name: 'contestant', numeric: false },
      { name: 'p50 (ms)', numeric: true },
      { name: 'of the base (%)', numeric: true },
    ],
    rows: cells.flatMap((each) => {
      const facts = findings.model(each.cell.condition.model);
      if (facts === undefined) return [];
      const ratio = timeRatio(findings, each);
      return [
        [
          facts.name,
          facts.title,
          facts.bytes,
          facts.gzipBytes,
          facts.flopsPerInstance / 1e6,
          facts.accuracy === null ? null : 100 * facts.accuracy,
          findings.label(each.cell.contestant),
          percentileMs(each.service, 0.5),
          ratio === undefined ? null : 100 * ratio,
        ],
      ];
    }),
    note: "99% and 99.9% of the base's accuracy are MLPerf's lines for an optimisation that still counts as the same model.",
  };
}
