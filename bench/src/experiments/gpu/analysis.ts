import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import { milliseconds, percentileMs } from '../../analysis/series.js';
import type { CellResult } from '../../record/index.js';

export const gpuAnalysis: ExperimentAnalysis = {
  id: 'gpu',
  title: 'On a GPU',
  question: 'What does a GPU change for one request at a time, with a light and with a heavy model?',
  hypothesis:
    'For a light model the way to the GPU and back costs what it brings; for a heavy one the GPU leaves the server as the largest part of what a user waits.',
  analyse: (findings) => {
    const cells = findings.of('gpu');
    return {
      done: 'The same SavedModel on the GPU and on the CPU, in turn; one client, one instance per request. What the GPU was is in the logs of the servers.',
      answer: cells
        .filter(({ cell, valid }) => valid && cell.contestant === 'bare-engine')
        .map(
          (each) =>
            `${each.cell.condition.model} on the ${deviceOf(each)}: ${milliseconds(percentileMs(each.service, 0.5))} without a server.`,
        )
        .join(' '),
      meaning: 'Where a GPU makes the model quick, the server is what is left to choose.',
      charts: [
        {
          kind: 'bars',
          title: 'Median latency by device',
          caption: 'One client, closed loop.',
          x: 'model and contestant',
          y: 'p50 service time (ms)',
          stacked: false,
          points: cells.flatMap((each) => {
            const y = percentileMs(each.service, 0.5);
            const x = `${each.cell.condition.model}, ${findings.label(each.cell.contestant)}`;
            return y === null ? [] : [{ series: deviceOf(each), x, y, valid: each.valid }];
          }),
        },
      ],
      tables: [],
    };
  },
};

function deviceOf({ cell }: CellResult): string {
  return cell.condition.factors?.['device'] === 'gpu' ? 'GPU' : 'CPU';
}
