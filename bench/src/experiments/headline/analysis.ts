import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import type { Findings } from '../../analysis/findings.js';
import { milliseconds, percentileMs } from '../../analysis/series.js';
import type { CellResult } from '../../record/index.js';
import type { NamedTable as Table } from '../../analysis/told.js';

/** The one number of the text this study started from: one sample with no model, machine or load named (method rule 21). */
const ANECDOTE_MS = 62.4;

export const headlineAnalysis: ExperimentAnalysis = {
  id: 'headline',
  title: 'One request on an idle server',
  question:
    'How long does one prediction take, from the first byte sent to the last byte received, when nothing else happens?',
  hypothesis:
    'The model itself is small, so what surrounds it decides: the in-process server saves a hop, TensorFlow Serving saves the JavaScript.',
  analyse: (findings) => {
    const cells = findings.of('headline');
    const fastest = [...cells].filter(isServer).sort(byMedian)[0];
    const engine = findings.find('headline', 'bare-engine');
    return {
      done: describe(cells),
      answer:
        fastest === undefined
          ? 'No server was measured.'
          : `${findings.label(fastest.cell.contestant)} answers soonest: ${milliseconds(percentileMs(fastest.service, 0.5))} at the median${engineShare(fastest, engine)}.`,
      why: 'What is left after the bare engine is serving itself: HTTP or gRPC, reading and writing numbers, and the hop to another process where there is one.',
      meaning:
        'If your model takes tens of milliseconds, these differences vanish behind it; with a model this small, the way numbers travel matters more than the server.',
      charts: [
        {
          kind: 'bars',
          title: 'Median round trip of one request, with the 95th percentile',
          caption: `Service time at concurrency 1. The dashed line is the ${ANECDOTE_MS} ms of the text this study started from: one sample, no model or machine named.`,
          x: 'contestant',
          y: 'service time (ms)',
          stacked: false,
          points: cells.flatMap((each) =>
            (
              [
                ['p50', 0.5],
                ['p95', 0.95],
              ] as const
            ).flatMap(([series, p]) => {
              const y = percentileMs(each.service, p);
              return y === null ? [] : [{ series, x: findings.label(each.cell.contestant), y, valid: each.valid }];
            }),
          ),
          reference: { y: ANECDOTE_MS, label: `${ANECDOTE_MS} ms (anecdote)` },
        },
      ],
      tables: [latencies(findings, cells), coldStarts(findings)],
    };
  },
};

function latencies(findings: Findings, cells: readonly CellResult[]): Table {
  const percentiles = [0.5, 0.9, 0.95, 0.99] as const;
  return {
    title: 'Service time of one request (ms)',
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'n', numeric: true },
      ...percentiles.map((p) => ({ name: `p${p * 100}`, numeric: true })),
      { name: 'over the bare engine (p50)', numeric: true },
      { name: 'bytes out / in', numeric: false },
    ],
    rows: cells.map((each) => {
      const engine = findings.find('headline', 'bare-engine');
      const [own, bare] = [
        percentileMs(each.service, 0.5),
        engine === undefined ? null : percentileMs(engine.service, 0.5),
      ];
      return [
        findings.label(each.cell.contestant),
        each.service.n,
        ...percentiles.map((p) => percentileMs(each.service, p)),
        own === null || bare === null ? null : own - bare,
        `${Math.round(each.bytesOutMean)} / ${Math.round(each.bytesInMean)}`,
      ];
    }),
    note: 'An empty percentile means that too few samples certify it (method rule 9).',
  };
}

function coldStarts(findings: Findings): Table {
  return {
    title: 'Cold start (ms)',
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'start until ready', numeric: true },
      { name: 'first answer', numeric: true },
    ],
    rows: findings.study.coldStarts.map(({ contestant, readyMs, firstAnswerMs }) => [
      findings.label(contestant),
      Math.round(readyMs),
      firstAnswerMs,
    ]),
    note: 'One start each: the order of size, not a distribution. A proxy counts its model server.',
  };
}

function describe(cells: readonly CellResult[]): string {
  const [first] = cells;
  if (first === undefined) return 'Nothing was measured.';
  const { condition, trials, durationMs } = first.cell;
  return `One client sent one image after another (${condition.model} version ${condition.modelVersion}, one instance per request), ${trials} interleaved trials of ${durationMs / 1000} s for each contestant, every answer checked.`;
}

function engineShare(fastest: CellResult, engine: CellResult | undefined): string {
  const [own, bare] = [
    percentileMs(fastest.service, 0.5),
    engine === undefined ? null : percentileMs(engine.service, 0.5),
  ];
  return own === null || bare === null ? '' : `, of which TensorFlow itself takes ${milliseconds(bare)}`;
}

function isServer({ cell }: CellResult): boolean {
  return cell.contestant !== 'bare-engine';
}

function byMedian(a: CellResult, b: CellResult): number {
  return (percentileMs(a.service, 0.5) ?? Infinity) - (percentileMs(b.service, 0.5) ?? Infinity);
}
