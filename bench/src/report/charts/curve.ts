import { pictureOf, type Picture } from './picture.js';
import { linearScale, logScale } from './scale.js';
import type { StyleOf } from './series-style.js';
import { xyCanvas } from './xy-canvas.js';

export interface CurvePoint {
  readonly concurrency: number;
  readonly perS: { readonly value: number; readonly low: number; readonly high: number };
  /** Trials that it is the mean of. */
  readonly trials: number;
  /** Null where the samples do not certify it (method rule 9). */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly valid: boolean;
  readonly saturated: boolean;
}

export interface Curve {
  readonly name: string;
  /** In order of concurrency. */
  readonly points: readonly CurvePoint[];
}

/** Latency against throughput as more clients ask, for the median and the tail; a ring where throughput stops growing. */
export function curvePicture(curves: readonly Curve[], styleOf: StyleOf): Picture {
  const all = curves.flatMap(({ points }) => points);
  const latencies = all.flatMap(({ p50Ms, p99Ms }) => [p50Ms ?? 0, p99Ms ?? 0]).filter((ms) => ms > 0);
  const yScale = latencies.length > 0 ? logScale(latencies) : linearScale([]);
  const xScale = linearScale(
    all.map(({ perS }) => perS.high),
    5,
  );
  return pictureOf((room) =>
    xyCanvas(
      (['p50Ms', 'p99Ms'] as const)
        .filter((field) => all.some((point) => point[field] !== null))
        .map((field) => ({
          title: field === 'p50Ms' ? 'Median (p50)' : 'Tail (p99, where certified)',
          x: { scale: xScale, title: 'correct answers per second', grid: true },
          y: { scale: yScale, title: 'response time, ms (logarithmic)', grid: true },
          series: curves.map(({ name, points }) => ({
            name,
            joined: true,
            points: points.flatMap(({ perS, valid, saturated, [field]: ms }) =>
              ms === null || ms <= 0
                ? []
                : [{ x: perS.value, y: ms, valid, ringed: saturated, xSpan: [perS.low, perS.high] as const }],
            ),
          })),
        })),
      { styleOf, names: curves.map(({ name }) => name) },
      room,
    ),
  );
}
