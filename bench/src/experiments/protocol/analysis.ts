import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import type { Findings } from '../../analysis/findings.js';
import { milliseconds, percentileMs } from '../../analysis/series.js';
import type { CellResult } from '../../record/index.js';
import type { NamedChart as Chart } from '../../analysis/told.js';

export const protocolAnalysis: ExperimentAnalysis = {
  id: 'protocol',
  title: 'gRPC against REST, and what the proxy costs',
  question:
    'Does gRPC answer sooner than REST, how much does the form of the numbers matter, and what does an Express proxy add?',
  hypothesis:
    'For a small image the protocols are close. For a large one, writing and reading numbers as text dominates, and raw bytes win: tensor_content over gRPC, base64 over REST.',
  analyse: (findings) => {
    const cells = findings.of('protocol');
    const models = [...new Set(cells.map(({ cell }) => cell.condition.model))];
    return {
      done: `One client sent one instance per request to ${models.join(' and ')}: as JSON numbers and as base64 of the float32 values over REST (the model's own signature reads them), and over gRPC both as raw bytes (tensor_content) and as typed numbers (float_val).`,
      answer: models
        .map((model) =>
          answerFor(
            findings,
            cells.filter(({ cell }) => cell.condition.model === model),
            model,
          ),
        )
        .join(' '),
      meaning:
        'Send raw bytes when inputs are images or embeddings, over REST as base64 to a signature that reads them. A proxy that has to read JSON and write it anew pays for both sides; one that passes bytes through does not.',
      charts: models.map((model) =>
        bars(
          findings,
          cells.filter(({ cell }) => cell.condition.model === model),
          model,
        ),
      ),
      tables: [
        {
          title: 'Protocols and payload forms',
          columns: [
            { name: 'model', numeric: false },
            { name: 'contestant', numeric: false },
            { name: 'numbers as', numeric: false },
            { name: 'bytes out', numeric: true },
            { name: 'bytes in', numeric: true },
            { name: 'p50 (ms)', numeric: true },
            { name: 'CPU ms per request', numeric: true },
          ],
          rows: cells.map((each) => [
            each.cell.condition.model,
            findings.label(each.cell.contestant),
            each.cell.condition.payload,
            Math.round(each.bytesOutMean),
            Math.round(each.bytesInMean),
            percentileMs(each.service, 0.5),
            each.cpuMsPerRequest,
          ]),
        },
      ],
    };
  },
};

function bars(findings: Findings, cells: readonly CellResult[], model: string): Chart {
  return {
    kind: 'bars',
    title: `One request to ${model}`,
    caption: `${Math.round(Math.max(...cells.map(({ bytesOutMean }) => bytesOutMean)) / 1000)} kB at most on the wire.`,
    x: 'contestant',
    y: 'p50 service time (ms)',
    stacked: false,
    points: cells.flatMap((each) => {
      const y = percentileMs(each.service, 0.5);
      return y === null
        ? []
        : [{ series: each.cell.condition.payload, x: findings.label(each.cell.contestant), y, valid: each.valid }];
    }),
  };
}

function answerFor(findings: Findings, cells: readonly CellResult[], model: string): string {
  const [fastest] = [...cells].sort(
    (a, b) => (percentileMs(a.service, 0.5) ?? Infinity) - (percentileMs(b.service, 0.5) ?? Infinity),
  );
  if (fastest === undefined) return `${model} was not measured.`;
  return `${model}: ${findings.label(fastest.cell.contestant)} with ${fastest.cell.condition.payload} is soonest (${milliseconds(percentileMs(fastest.service, 0.5))}).`;
}
