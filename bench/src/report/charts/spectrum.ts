import type { Chart } from '../../record/index.js';
import { formatPercentile } from '../format/number.js';
import { pictureOf, type Picture } from './picture.js';
import { allPositive, linearScale, logScale, type Scale } from './scale.js';
import type { StyleOf } from './series-style.js';
import { xyCanvas } from './xy-canvas.js';

export type SpectrumChart = Extract<Chart, { kind: 'spectrum' }>;

export const LATENCY_WORDS = {
  service: 'Service time: from the send',
  response: 'Response time: from the intended send',
} as const;

/**
 * Latency by percentile on a 1/(1-p) scale, so that each further nine takes the same room. The two latencies stand side by
 * side on the same axes (method rule 3): where they part, requests waited to be sent.
 */
export function spectrumPicture(chart: SpectrumChart, styleOf: StyleOf): Picture {
  const points = chart.points.filter(({ p }) => p >= 0 && p < 1);
  const names = [...new Set(points.map(({ series }) => series))];
  const xScale = percentileScale(points.map(({ p }) => p));
  const latencies = points.map(({ ms }) => ms);
  const yScale = allPositive(latencies) ? logScale(latencies) : linearScale(latencies);
  const kinds = (['service', 'response'] as const).filter((kind) => points.some(({ latency }) => latency === kind));
  return pictureOf((room) =>
    xyCanvas(
      kinds.map((kind) => ({
        title: LATENCY_WORDS[kind],
        x: { scale: xScale, title: 'percentile', grid: true },
        y: { scale: yScale, title: 'ms', grid: true },
        series: names.flatMap((name) => {
          const line = points
            .filter(({ series, latency }) => series === name && latency === kind)
            .map(({ p, ms }) => ({ x: 1 / (1 - p), y: ms, valid: true }))
            .toSorted((a, b) => a.x - b.x);
          return [
            { name, joined: true, marks: false, points: line },
            { name, joined: false, marks: true, points: atNines(line) },
          ];
        }),
      })),
      { styleOf, names },
      room,
    ),
  );
}

const NINES = [0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];

function percentileScale(ps: readonly number[]): Scale {
  const highest = Math.max(0.9, ...ps);
  return {
    type: 'log',
    domain: [1, (1 / (1 - highest)) * 1.15],
    ticks: [
      ...NINES.filter((p) => p <= highest + 1e-9).map((p) => ({ value: 1 / (1 - p), label: formatPercentile(p) })),
    ],
  };
}

/** Symbols stand at the usual percentiles only: a line of sixty would hide its dashes. */
function atNines<T extends { readonly x: number }>(line: readonly T[]): T[] {
  return NINES.flatMap((p) => line.find(({ x }) => x >= (1 / (1 - p)) * (1 - 1e-9)) ?? []);
}
