import type { Chart } from '../../record/index.js';
import { formatNumber, formatRatio, formatShare } from '../format/number.js';
import { pictureOf, type Picture } from './picture.js';
import { categoryScale, logScale } from './scale.js';
import type { StyleOf } from './series-style.js';
import { rowHeight } from './row-height.js';
import { wrapLabel } from './wrap-label.js';
import { xyCanvas } from './xy-canvas.js';

export type RatiosChart = Extract<Chart, { kind: 'ratios' }>;

const ROW_HEIGHT = 36;

/** Forest plot: a ratio with its 95% interval in each row, against the band in which two servers count as equivalent. */
export function ratiosPicture(chart: RatiosChart, styleOf: StyleOf): Picture {
  const rows = chart.rows.filter(({ effect }) => effect.low > 0 && effect.ratio > 0 && effect.high > 0);
  const band = [1 / (1 + chart.margin), 1 + chart.margin] as const;
  const xScale = logScale([
    ...rows.flatMap(({ effect }) => [effect.low, effect.ratio, effect.high]),
    0.8,
    1.25,
    ...band,
  ]);
  const bandEnds = [-0.5, Math.max(1, rows.length) - 0.5] as const;
  return pictureOf((room) => {
    const names = rows.map(({ label }) => wrapLabel(label, room.narrow ? 15 : 34));
    const each = rowHeight(names, ROW_HEIGHT);
    return xyCanvas(
      [
        {
          x: {
            scale: xScale,
            title: `ratio with its interval; shaded: equivalent (±${formatShare(chart.margin)})`,
            grid: true,
          },
          y: {
            scale: categoryScale(names, true),
            title: '',
            grid: false,
          },
          bands: [{ x: band, y: bandEnds, colour: 'band' }],
          rules: [{ axis: 'x', at: 1, colour: 'axis', dashed: false }],
          series: [
            {
              name: 'ratio',
              joined: false,
              marks: true,
              points: rows.map(({ effect }, index) => ({
                x: effect.ratio,
                y: index,
                xSpan: [effect.low, effect.high],
                valid: true,
              })),
            },
          ],
          pixelTexts: ({ width }) =>
            rows.map(({ effect }, index) => ({
              x: width + 10,
              y: (index + 0.5) * each,
              text: room.narrow
                ? formatRatio(effect.ratio)
                : `${formatRatio(effect.ratio)} (${formatNumber(effect.low)} to ${formatNumber(effect.high)})`,
              align: 'left',
            })),
          height: Math.max(1, rows.length) * each,
          rightRoom: room.narrow ? 56 : 180,
        },
      ],
      { styleOf, names: [] },
      room,
    );
  });
}
