import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import type { Findings } from '../../analysis/findings.js';
import type { NamedTable as Table } from '../../analysis/told.js';
import { linesByContestant, workSchema, type Work } from './observation.js';

export const workByHandAnalysis: ExperimentAnalysis = {
  id: 'work-by-hand',
  title: 'Work by hand',
  question: 'How much must a developer write for each way of serving, and for each feature?',
  hypothesis:
    'Loading by hand starts small and grows with every feature; TensorFlow Serving brings the features and asks for configuration instead.',
  analyse: (findings) => {
    const work = workSchema.parse(findings.study.observations['work-by-hand']);
    const lines = linesByContestant(findings);
    return {
      done: 'Lines with code, files and direct dependencies were counted from the sources of this checkout, feature by feature. What both services share (errors, limits, health, logging) is left out on both sides.',
      answer: `The Flask style takes ${lines.get('flask-style') ?? 0} lines, real Flask ${lines.get('flask-control') ?? 0}, a proxy that passes REST through ${lines.get('proxy-rest') ?? 0}, one that translates to gRPC ${lines.get('proxy-grpc') ?? 0}, TensorFlow Serving alone none.`,
      meaning:
        'Count what you need: if versions, reload, batching and metrics are on your list, each is written, tested and kept by you in the Flask style.',
      charts: [
        {
          kind: 'bars',
          title: 'Lines of code by contestant',
          caption: 'Stacked by feature; shared plumbing left out.',
          x: 'contestant',
          y: 'lines of code',
          stacked: true,
          points: work
            .filter(({ lines: own }) => own > 0)
            .map((each) => ({ series: each.feature, x: findings.label(each.contestant), y: each.lines })),
        },
      ],
      tables: [table(findings, work)],
    };
  },
};

function table(findings: Findings, work: Work): Table {
  return {
    title: 'What is written for what',
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'feature', numeric: false },
      { name: 'files', numeric: true },
      { name: 'lines', numeric: true },
      { name: 'dependencies', numeric: true },
      { name: 'given by', numeric: false },
    ],
    rows: work.map((each) => [
      findings.label(each.contestant),
      each.feature,
      each.files,
      each.lines,
      each.dependencies,
      each.givenBy ?? 'written',
    ]),
  };
}
