import { formatNumber } from '../format/number.js';
import { pictureOf, type Picture } from './picture.js';
import type { PlotText } from './plot.js';
import { categoryScale, logScale } from './scale.js';
import type { StyleOf } from './series-style.js';
import { wrapLabel } from './wrap-label.js';
import { xyCanvas } from './xy-canvas.js';

export interface HeadlineRow {
  readonly name: string;
  readonly p50Ms: number;
  /** Null where the samples do not certify it (method rule 9): then only the median is drawn. */
  readonly p99Ms: number | null;
  readonly valid: boolean;
}

const ROW_HEIGHT = 46;

/** One row per contestant: the median as a symbol, a line from there to p99, and the source text's anecdote (method rule 21). */
export function headlinePicture(
  rows: readonly HeadlineRow[],
  anecdote: { readonly ms: number; readonly label: string },
  styleOf: StyleOf,
): Picture {
  const xScale = logScale([
    ...rows.flatMap(({ p50Ms, p99Ms }) => [p50Ms, ...(p99Ms === null ? [] : [p99Ms])]),
    anecdote.ms,
  ]);
  return pictureOf(
    (room) =>
      xyCanvas(
        [
          {
            x: { scale: xScale, title: 'response time, ms (logarithmic)', grid: true },
            y: {
              scale: categoryScale(
                rows.map(({ name }) => wrapLabel(name, room.narrow ? 15 : 22)),
                true,
              ),
              title: '',
              grid: false,
            },
            rules: [{ axis: 'x', at: anecdote.ms }],
            series: rows.map(({ name, p50Ms, p99Ms, valid }, index) => ({
              name,
              joined: false,
              marks: true,
              points: [{ x: p50Ms, y: index, valid, ...(p99Ms === null ? {} : { xSpan: [p50Ms, p99Ms] as const }) }],
            })),
            texts: [
              {
                x: anecdote.ms,
                y: -0.5,
                text: `${anecdote.label}\u00a0`,
                align: 'right',
                baseline: 'top',
                colour: 'muted',
              },
            ],
            pixelTexts: ({ width }) => [
              { x: width + 8, y: -14, text: 'p50, p99', align: 'left', colour: 'muted' },
              ...rows.map(({ p50Ms, p99Ms }, index): PlotText => ({
                x: width + 8,
                y: (index + 0.5) * ROW_HEIGHT - (p99Ms === null ? 0 : 7),
                text: p99Ms === null ? [formatNumber(p50Ms)] : [formatNumber(p50Ms), formatNumber(p99Ms)],
                align: 'left',
                colour: 'ink',
              })),
            ],
            topRoom: 26,
            height: rows.length * ROW_HEIGHT,
            rightRoom: 68,
          },
        ],
        { styleOf, names: [] },
        room,
      ),
    500,
  );
}
