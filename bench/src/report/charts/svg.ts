import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { printable } from '../format/printable.js';
import { slug } from '../format/slug.js';
import { groupBy } from '../group-by.js';
import type { DrawnSeries } from './drawing.js';
import type { Scale } from './scale-of.js';
import { CHART_FONT, FONT_SIZE, light } from './theme.js';
import { widestLine, wrapLabel } from './wrap-label.js';

/** How much room a drawing has, in pixels. Each picture is drawn twice: shrunk text cannot be read on a telephone. */
export interface Room {
  readonly width: number;
  readonly narrow: boolean;
}

/** A part of a picture, and where it stands. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly options: Plot.PlotOptions;
}

/** What this file does with elements; Node knows no types of a browser's. */
interface SvgElement {
  readonly tagName: string;
  readonly outerHTML: string;
  readonly textContent: string | null;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  querySelectorAll(selector: string): Iterable<SvgElement>;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  append(child: SvgElement): void;
  remove(): void;
}

const SVG = 'http://www.w3.org/2000/svg';
const LINE_HEIGHT = 14;
const { document } = parseHTML('<html><body></body></html>') as unknown as {
  readonly document: { createElementNS(namespace: string, name: string): SvgElement };
};

/** Plots side by side or below each other in one `<svg>`. Fixed sizes and no ids: the same parts give the same bytes. */
export function picture(width: number, parts: readonly Part[]): string {
  const height = Math.ceil(Math.max(0, ...parts.map((part) => part.y + part.height)));
  const root = document.createElementNS(SVG, 'svg');
  const size = { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`, color: light('ink') };
  for (const [name, value] of Object.entries({ ...size, 'font-family': CHART_FONT, 'font-size': FONT_SIZE }))
    root.setAttribute(name, String(value));
  for (const part of parts) root.append(drawn(part));
  return printable(root.outerHTML);
}

interface Rows {
  readonly above?: readonly Part[];
  readonly x: Scale;
  /** Of all rows together, in pixels. */
  readonly height: number;
  readonly margins: { readonly marginLeft: number; readonly marginRight: number; readonly marginTop: number };
}

/** A picture of rows that lie below each other over one axis; marks are placed in pixels below the first row's upper edge. */
export function rowsPicture(width: number, { above = [], x, height, margins }: Rows, marks: Plot.Markish[]): string {
  const [top, marginBottom] = [margins.marginTop, 44];
  const y = { type: 'linear', domain: [0, height], range: [top, top + height], axis: null } as const;
  const options = { ...margins, marginBottom, x: x.options, y, marks };
  const from = above.reduce((sum, part) => sum + part.height, 0);
  return picture(width, [...above, { x: 0, y: from, width, height: height + top + marginBottom, options }]);
}

function drawn({ x, y, width, height, options }: Part): SvgElement {
  const plot = Plot.plot({ ...options, width, height, document }) as unknown as SvgElement;
  for (const style of plot.querySelectorAll('style')) style.remove();
  for (const name of ['class', 'viewBox', 'font-family', 'font-size', 'style']) plot.removeAttribute(name);
  for (const [name, value] of Object.entries({ x, y, overflow: 'visible' })) plot.setAttribute(name, String(value));
  for (const element of plot.querySelectorAll('*')) {
    for (const name of ['aria-label', 'aria-hidden', 'stroke-miterlimit']) element.removeAttribute(name);
    for (const { name, value } of [...element.attributes])
      element.setAttribute(name, /\d\.\d{3}/.test(value) ? rounded(value) : value);
    if (element.tagName.toLowerCase() === 'text' && element.textContent === '') element.remove();
  }
  return plot;
}

function rounded(numbers: string): string {
  return numbers.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (digits) => String(Number(Number(digits).toFixed(2))));
}

/** A class that the page uses to hide a contestant; nothing for what is nobody's. */
export function ofContestant({ contestant }: Pick<DrawnSeries, 'contestant'>): { readonly className?: string } {
  return contestant === undefined ? {} : { className: `c-${slug(contestant)}` };
}

/** Symbols, dashes and names in columns, as high as they need. `boxes`: the series are filled areas. */
export function legend(series: readonly DrawnSeries[], width: number, boxes: boolean): Part[] {
  const distinct = [...groupBy(series, ({ name }) => name).values()].flatMap(([first, ...others]) => {
    // What several contestants have in common stays when one of them is hidden.
    const shared = others.some(({ contestant }) => contestant !== first?.contestant);
    return first === undefined ? [] : [shared ? { ...first, contestant: undefined } : first];
  });
  if (distinct.length < 2) return [];
  const [left, gap] = [boxes ? 22 : 36, 18];
  const labels = distinct.map(({ name }) => wrapLabel(name, Math.floor((width - left) / 7)));
  const columnWidth = widestLine(labels) + left + gap;
  const columns = Math.max(1, Math.floor((width + gap) / columnWidth));
  const lines = Math.max(...labels.map(({ length }) => length));
  const rowHeight = lines * LINE_HEIGHT + 4;
  const place = (index: number): { x: number; y: number } => ({
    x: (index % columns) * columnWidth,
    y: Math.floor(index / columns) * rowHeight + rowHeight / 2,
  });
  const height = Math.ceil(distinct.length / columns) * rowHeight + 8;
  const marks = distinct.flatMap((each, index) => {
    const { x, y } = place(index);
    return [
      ...(boxes
        ? [Plot.dot([each], { ...ofContestant(each), x: x + 8, y, r: 9, symbol: 'square', ...solid(each) })]
        : [Plot.link([each], { ...ofContestant(each), x1: x, x2: x + 28, y1: y, y2: y, ...stroke(each) })]),
      symbol([{ x: x + (boxes ? 8 : 14), y }], each, boxes),
      Plot.text([each], { ...ofContestant(each), x: x + left, y, text: () => labels[index]?.join('\n'), ...START }),
    ];
  });
  const identity = { type: 'identity', axis: null } as const;
  return [{ x: 0, y: 0, width, height, options: { margin: 0, x: identity, y: identity, marks } }];
}

export const START = { textAnchor: 'start', lineHeight: 1.15 } as const;

/** What a row is called, left of the plot. */
export function rowName(
  lines: readonly string[] = [],
  y: number,
  whose: Pick<DrawnSeries, 'contestant'> = {},
): Plot.Text {
  const place = { frameAnchor: 'left', dx: -8, y: () => y, textAnchor: 'end', lineHeight: 1.15 } as const;
  return Plot.text([lines.join('\n')], { ...ofContestant(whose), ...place });
}

/** The horizontal axis; Plot's own labels of a logarithmic scale leave some of our ticks without words. */
export function xAxis(label: string, { ticks, format }: Scale): Plot.CompoundMark {
  return Plot.axisX(ticks, { label, text: format });
}

/** The line of a series. */
export function stroke({ style }: DrawnSeries): Plot.LineOptions {
  return { stroke: light(style.colour), strokeWidth: 2, strokeDasharray: style.dash };
}

export function solid({ style }: DrawnSeries): { readonly fill: string } {
  return { fill: light(style.colour) };
}

/** The symbol of a series at places; `onBar`: seen against its own colour. */
export function symbol(
  at: readonly { readonly x: number | string; readonly y: number | string }[],
  each: DrawnSeries,
  onBar = false,
): Plot.Dot {
  const colours = onBar ? { fill: light('surface') } : { ...solid(each), stroke: light('surface') };
  return Plot.dot(at, {
    ...ofContestant(each),
    x: 'x',
    y: 'y',
    r: onBar ? 3 : 4.5,
    symbol: each.style.shape,
    ...colours,
  });
}
