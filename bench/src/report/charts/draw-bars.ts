import * as Plot from '@observablehq/plot';
import { formatterOf } from '../../words/number.js';
import type { BarsDrawing, DrawnBar } from './drawing.js';
import { scaleOf } from './scale-of.js';
import { legend, ofContestant, rowName, rowsPicture, solid, START, symbol, xAxis, type Room } from './svg.js';
import { estimateTextWidth, light } from './theme.js';
import { widestLine, wrapLabel } from './wrap-label.js';

const BAR_HEIGHT = 20;
const ROW_GAP = 12;
const LINE_HEIGHT = 14;
/** A bar must be this wide to carry its series' symbol, in pixels. */
const SYMBOL_ROOM = 16;

interface Placed extends DrawnBar {
  /** Upper edge and middle, in pixels below the first row. */
  readonly top: number;
  readonly middle: number;
  readonly from: number;
  readonly to: number;
}

/** Parts of a whole follow each other, negative ones left of zero (method rule 17); otherwise bars stand below each other. */
export function drawBars(drawing: BarsDrawing, room: Room): string {
  const { axis, reference, stacked } = drawing;
  const labels = drawing.rows.map(({ name }) => wrapLabel(name, room.narrow ? 15 : 28));
  const middles: number[] = [];
  let height = 0;
  for (const [index, { bars }] of drawing.rows.entries()) {
    const lines = stacked ? 1 : bars.length;
    const own = Math.max(lines * BAR_HEIGHT, (labels[index]?.length ?? 1) * LINE_HEIGHT) + ROW_GAP;
    middles.push(height + own / 2);
    height += own;
  }
  const rows = drawing.rows.map((row, index) => placed(row.bars, stacked, middles[index] ?? 0));
  const bars = rows.flat();
  const format = formatterOf(bars.map(({ value }) => value));
  const ends = rows
    .flatMap((row) => (stacked ? wholeOf(row) : row))
    .map((bar) => ({
      ...bar,
      end: Math.max(0, bar.to, ...(bar.span ?? [])),
      text: `${format(bar.value)}${bar.valid ? '' : ' ×'}`,
    }));
  const marginLeft = Math.ceil(widestLine(labels) + 14);
  const marginRight = Math.ceil(Math.max(14, ...ends.map(({ text }) => estimateTextWidth(text) + 8)));
  const xs = bars.flatMap(({ from, to, span }) => [from, to, ...(span ?? [])]).concat(reference?.y ?? []);
  const plotWidth = room.width - marginLeft - marginRight;
  const x = scaleOf({ label: axis, scale: 'linear', zero: true }, xs, Math.floor(plotWidth / 70));
  const [low = 0, high = 1] = x.options.domain as number[];
  const carries = ({ from, to }: Placed): boolean => (Math.abs(to - from) / (high - low)) * plotWidth >= SYMBOL_ROOM;
  const above = drawing.legend ? legend(bars, room.width, true) : [];
  const several = above.length > 0;
  const marginTop = reference === undefined ? 10 : 24;
  return rowsPicture(room.width, { above, x, height, margins: { marginLeft, marginRight, marginTop } }, [
    xAxis(axis, x),
    Plot.gridX({ stroke: light('grid'), strokeOpacity: 1, ticks: x.ticks }),
    ...bars.flatMap((bar) => barMarks(bar, several && carries(bar))),
    Plot.ruleX([0], { stroke: light('axis') }),
    ...(reference === undefined ? [] : referenceMarks(reference)),
    ...ends.map((end) =>
      Plot.text([end], { ...ofContestant(end), x: 'end', y: 'middle', text: 'text', dx: 5, ...START }),
    ),
    ...labels.map((lines, index) => rowName(lines, middles[index] ?? 0)),
  ]);
}

function placed(bars: readonly DrawnBar[], stacked: boolean, middle: number): Placed[] {
  let [right, left] = [0, 0];
  const top = middle - ((stacked ? 1 : bars.length) * BAR_HEIGHT) / 2;
  return bars.map((bar, index) => {
    const own = top + (stacked ? 0 : index * BAR_HEIGHT);
    const at = { ...bar, top: own, middle: own + BAR_HEIGHT / 2 - 1 };
    if (!stacked) return { ...at, from: 0, to: bar.value };
    const from = bar.value >= 0 ? right : left;
    if (bar.value >= 0) right += bar.value;
    else left += bar.value;
    return { ...at, from, to: from + bar.value };
  });
}

function barMarks(bar: Placed, withSymbol: boolean): Plot.Markish[] {
  const { from, to, top, middle, span } = bar;
  const box = { x1: Math.min(from, to), x2: Math.max(from, to), y1: top, y2: top + BAR_HEIGHT - 2 };
  return [
    Plot.rect([box], { ...ofContestant(bar), x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', ...solid(bar) }),
    ...(withSymbol ? [symbol([{ x: (from + to) / 2, y: middle }], bar, true)] : []),
    ...(span === undefined
      ? []
      : [
          Plot.link([bar], {
            ...ofContestant(bar),
            x1: span[0],
            x2: span[1],
            y1: middle,
            y2: middle,
            stroke: light('ink'),
          }),
        ]),
  ];
}

/** The parts of a row as one bar. */
function wholeOf(row: readonly Placed[]): Placed[] {
  const [first] = row;
  if (first === undefined) return [];
  const value = row.reduce((sum, part) => sum + part.value, 0);
  const valid = row.every((part) => part.valid);
  return [{ ...first, value, valid, span: undefined, to: Math.max(...row.map(({ to }) => to)) }];
}

function referenceMarks({ y, label }: NonNullable<BarsDrawing['reference']>): Plot.Markish[] {
  return [
    Plot.ruleX([y], { stroke: light('muted'), strokeDasharray: '4,3' }),
    Plot.text([`dashed: ${label}`], { frameAnchor: 'top-left', dy: -18, fill: light('muted'), ...START }),
  ];
}
