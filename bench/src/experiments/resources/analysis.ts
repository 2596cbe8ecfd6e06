import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import type { Findings } from '../../analysis/findings.js';
import { percentileMs } from '../../analysis/series.js';
import type { CellResult } from '../../record/index.js';
import type { NamedTable as Table } from '../../analysis/told.js';
import { spanWords } from '../../stats/index.js';

export const resourcesAnalysis: ExperimentAnalysis = {
  id: 'resources',
  title: 'CPUs, threads, memory',
  question:
    'What does each contestant make of more CPUs, of more TensorFlow threads and of less memory, and how much CPU and memory does an answer take?',
  hypothesis:
    'A server that blocks one thread gains little from a second CPU; for a small model TensorFlow’s own threads cost more than they bring.',
  analyse: (findings) => {
    const cells = findings.of('resources');
    return {
      done: `Servers were kept to some CPUs by affinity, started with fixed intra-op and inter-op threads, and held to a memory limit; eight clients in a closed loop. ${findings.generatorCpus === undefined ? 'The generator shares the machine: the last CPU is never a server’s alone.' : `The generator has CPUs of its own (${findings.generatorCpus}).`}`,
      answer: answer(findings, cells),
      meaning:
        'Look at CPU per request, not at throughput alone: on shared machines it is the steadier figure, and it is what a cloud bills.',
      charts: [
        {
          kind: 'bars',
          title: 'Throughput by CPUs and threads',
          caption: `Eight clients, closed loop, with ${spanWords(cells)}.`,
          x: 'given',
          y: 'answers per second',
          stacked: false,
          points: cells.map((each) => ({
            series: findings.label(each.cell.contestant),
            x: given(each),
            y: each.throughputPerS.value,
            low: each.throughputPerS.low,
            high: each.throughputPerS.high,
            valid: each.valid,
          })),
        },
        {
          kind: 'bars',
          title: 'CPU time for one answer',
          caption: 'All processes and threads of the contestant; a proxy counts its model server.',
          x: 'given',
          y: 'CPU ms per request',
          stacked: false,
          points: cells.flatMap((each) =>
            each.cpuMsPerRequest === null
              ? []
              : [
                  {
                    series: findings.label(each.cell.contestant),
                    x: given(each),
                    y: each.cpuMsPerRequest,
                    valid: each.valid,
                  },
                ],
          ),
        },
      ],
      tables: [table(findings, cells)],
    };
  },
};

/** `CPU 0`, `CPU 0-1`, `1 + 1 threads`, `384 MiB`: what the server was given. */
function given({ cell }: CellResult): string {
  const { cpus, intraOpThreads, interOpThreads, memoryMb } = cell.condition.factors ?? {};
  if (memoryMb !== undefined) return `${memoryMb} MiB`;
  return cpus === undefined ? `${intraOpThreads ?? 'auto'} + ${interOpThreads ?? 'auto'} threads` : `CPU ${cpus}`;
}

function answer(findings: Findings, cells: readonly CellResult[]): string {
  const contestants = [...new Set(cells.map(({ cell }) => cell.contestant))];
  return contestants
    .flatMap((id) => {
      const own = cells.filter(
        ({ cell, valid }) => valid && cell.contestant === id && cell.condition.factors?.['cpus'] !== undefined,
      );
      const [least, most] = [own[0], own.at(-1)];
      if (least === undefined || most === undefined || least === most || least.throughputPerS.value === 0) return [];
      return [
        `${findings.label(id)} answers ${(most.throughputPerS.value / least.throughputPerS.value).toFixed(2)} times as much on ${given(most)} as on ${given(least)}.`,
      ];
    })
    .join(' ');
}

function table(findings: Findings, cells: readonly CellResult[]): Table {
  return {
    title: 'Resources',
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'given', numeric: false },
      { name: 'answers per second', numeric: true },
      { name: 'p50 (ms)', numeric: true },
      { name: 'CPU ms per request', numeric: true },
      { name: 'answers per CPU second', numeric: true },
      { name: 'memory at most (MB)', numeric: true },
    ],
    rows: cells.map((each) => [
      findings.label(each.cell.contestant),
      given(each),
      each.throughputPerS.value,
      percentileMs(each.service, 0.5),
      each.cpuMsPerRequest,
      each.cpuMsPerRequest === null || each.cpuMsPerRequest === 0 ? null : 1000 / each.cpuMsPerRequest,
      each.rssMaxBytes === null ? null : Math.round(each.rssMaxBytes / 1e6),
    ]),
    note: 'A memory limit in which a server could not start is among what could not be tested, with what the server said.',
  };
}
