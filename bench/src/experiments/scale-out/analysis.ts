import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import type { Findings } from '../../analysis/findings.js';
import { percentileMs, pointsByContestant } from '../../analysis/series.js';
import type { CellResult } from '../../record/index.js';
import { spanWords } from '../../stats/index.js';

export const scaleOutAnalysis: ExperimentAnalysis = {
  id: 'scale-out',
  title: 'Replicas',
  question: 'How does throughput grow with 1, 2 and 4 replicas of the model server?',
  hypothesis:
    'Nearly linearly as long as each replica has CPUs of its own and the proxy, which is one process, keeps up.',
  analyse: (findings) => {
    const cells = findings.of('scale-out');
    return {
      done: 'The proxy spread requests over replicas of the model server on the same machine, in turn; 32 clients in a closed loop.',
      answer: answer(findings, cells),
      meaning:
        'Replicas on one machine share its CPUs, its memory bandwidth and one proxy: what they gain here is the least that they gain on machines of their own.',
      charts: [
        {
          kind: 'lines',
          title: 'Throughput by replicas',
          caption: `Closed loop of 32 clients, correct answers per second, with ${spanWords(cells)}.`,
          x: 'replicas',
          y: 'answers per second',
          xScale: 'log',
          yScale: 'linear',
          points: pointsByContestant(findings, cells, replicasOf, ({ throughputPerS }) => throughputPerS),
        },
      ],
      tables: [
        {
          title: 'Replicas',
          columns: [
            { name: 'contestant', numeric: false },
            { name: 'replicas', numeric: true },
            { name: 'answers per second', numeric: true },
            { name: 'times one replica', numeric: true },
            { name: 'p50 (ms)', numeric: true },
            { name: 'p99 (ms)', numeric: true },
            { name: 'CPU ms per request', numeric: true },
          ],
          rows: cells.map((each) => [
            findings.label(each.cell.contestant),
            replicasOf(each),
            each.throughputPerS.value,
            gain(cells, each) ?? null,
            percentileMs(each.service, 0.5),
            percentileMs(each.service, 0.99),
            each.cpuMsPerRequest,
          ]),
        },
      ],
    };
  },
};

function replicasOf({ cell }: CellResult): number {
  const replicas = cell.condition.factors?.['replicas'];
  return typeof replicas === 'number' ? replicas : 1;
}

function gain(cells: readonly CellResult[], each: CellResult): number | undefined {
  const single = cells.find((other) => other.cell.contestant === each.cell.contestant && replicasOf(other) === 1);
  return single === undefined || single.throughputPerS.value === 0
    ? undefined
    : each.throughputPerS.value / single.throughputPerS.value;
}

function answer(findings: Findings, cells: readonly CellResult[]): string {
  const gains = cells
    .filter((each) => each.valid && replicasOf(each) > 1)
    .flatMap((each) => {
      const factor = gain(cells, each);
      return factor === undefined
        ? []
        : [`${findings.label(each.cell.contestant)} with ${replicasOf(each)} replicas ${factor.toFixed(2)} times`];
    });
  return gains.length === 0 ? 'No cell passed its validity gates.' : `Against one replica: ${gains.join('; ')}.`;
}
