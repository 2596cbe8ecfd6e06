import type { VegaLiteSpec } from './picture.js';
import { placeOf, type Scale, type Tick } from './scale.js';
import type { SeriesStyle } from './series-style.js';
import { CHART_FONT, FONT_SIZE, light, type ColourName } from './theme.js';

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  /** Ends of the interval across (x) and along (y) the axes. */
  readonly xSpan?: readonly [number, number];
  readonly ySpan?: readonly [number, number];
  /** False: drawn as a cross and not joined to its neighbours, as it decides nothing (method rule 11). */
  readonly valid: boolean;
  /** A ring around the point, e.g. where throughput saturates. */
  readonly ringed?: boolean;
}

export interface PlotSeries {
  readonly style: SeriesStyle;
  readonly points: readonly PlotPoint[];
  readonly joined: boolean;
  /** Marks on the points; absent: only when there are few enough to tell apart. */
  readonly marks?: boolean;
}

export interface PlotText {
  readonly x: number;
  readonly y: number;
  readonly text: string | readonly string[];
  readonly align: 'left' | 'center' | 'right';
  readonly baseline?: 'top' | 'middle' | 'bottom';
  readonly colour?: ColourName;
  readonly bold?: boolean;
}

export interface PlotRect {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly colour: ColourName;
}

export interface PlotRule {
  readonly axis: 'x' | 'y';
  readonly at: number;
  readonly colour?: ColourName;
  readonly dashed?: boolean;
}

/** A symbol or short line at a place in pixels, for legends and labels beside the lines. */
export interface PlotKey {
  readonly x: number;
  readonly y: number;
  readonly style: SeriesStyle;
  readonly line: boolean;
}

export interface PlotAxis {
  readonly scale: Scale;
  readonly title: string;
  readonly grid: boolean;
}

/** One pair of axes with everything on it. Width and height are of the plotting area; the margins come on top. */
export interface Plot {
  readonly width: number;
  readonly height: number;
  readonly margin: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number };
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  readonly bands?: readonly PlotRect[];
  readonly rects?: readonly PlotRect[];
  readonly rules?: readonly PlotRule[];
  readonly series?: readonly PlotSeries[];
  /** In the units of the axes. */
  readonly texts?: readonly PlotText[];
  /** In pixels from the top left corner of the plotting area. */
  readonly pixelTexts?: readonly PlotText[];
  readonly keys?: readonly PlotKey[];
}

type Layer = Readonly<Record<string, unknown>>;

/** A mark's property taken from its datum as it is, without a scale. */
const asGiven = (field: string): Layer => ({ field, type: 'nominal', scale: null, legend: null });
const PIXELS: Layer = {
  x: { field: 'x', type: 'quantitative', scale: null, axis: null },
  y: { field: 'y', type: 'quantitative', scale: null, axis: null },
};

const X_TITLE_DROP = 38;
const INVALID_SHAPE = 'M-1,-1L1,1M-1,1L1,-1';
const MOST_MARKS = 24;

export function plotSpec(plot: Plot): VegaLiteSpec {
  const { width, height, margin, series = [] } = plot;
  return {
    width,
    height,
    padding: margin,
    autosize: { type: 'none' },
    background: null,
    config: { aria: false, font: CHART_FONT, view: { stroke: null } },
    data: { values: [{}] },
    encoding: { x: axisEncoding('x', plot.x), y: axisEncoding('y', plot.y) },
    // Few layers with many marks each: compiling a layer costs more than drawing it.
    layer: [
      ...rectLayers([...(plot.bands ?? []), ...(plot.rects ?? [])]),
      ...(plot.rules ?? []).map(ruleLayer),
      ...spanLayers(series),
      ...series.flatMap(lineLayers),
      ...symbolLayers(series.flatMap(symbolsOf), false),
      ...textLayers(plot.texts ?? [], false),
      ...textLayers([...(plot.pixelTexts ?? []), ...titles(plot)], true),
      ...keyLayers(plot.keys ?? []),
      anchor(plot),
    ],
  };
}

export function outerSize({ width, height, margin }: Plot): { readonly width: number; readonly height: number } {
  return { width: width + margin.left + margin.right, height: height + margin.top + margin.bottom };
}

/** Pixel of a value on the vertical axis, counted from the top of the plotting area. */
export function yPixel(plot: Pick<Plot, 'height' | 'y'>, value: number): number {
  return (1 - placeOf(plot.y.scale, value)) * plot.height;
}

function axisEncoding(field: 'x' | 'y', { scale, grid }: PlotAxis): Layer {
  return {
    field,
    type: 'quantitative',
    scale: { type: scale.type, domain: scale.domain, nice: false, ...(scale.type === 'log' ? {} : { zero: false }) },
    axis: {
      title: null,
      values: scale.ticks.map(({ value }) => value),
      labelExpr: labelExpression(scale.ticks),
      // Names of rows are texts of their own, as Vega would hang a second line below the middle.
      labels: field === 'x' || scale.ticks.every(({ label }) => typeof label === 'string'),
      labelFontSize: FONT_SIZE,
      labelColor: light('muted'),
      labelOverlap: field === 'x' ? 'greedy' : false,
      labelPadding: 6,
      labelLimit: 0,
      ticks: false,
      domain: field === 'x',
      domainColor: light('axis'),
      grid,
      gridColor: light('grid'),
    },
  };
}

/** Vega calls this for each tick. Labels may come from anyone, so they enter the expression as JSON text only. */
function labelExpression(ticks: readonly Tick[]): string {
  const values = JSON.stringify(ticks.map(({ value }) => value));
  return `${JSON.stringify(ticks.map(({ label }) => label))}[indexof(${values}, datum.value)]`;
}

function titles({ x, y, width, height, margin }: Plot): PlotText[] {
  const both: PlotText[] = [
    { x: width / 2, y: height + X_TITLE_DROP, text: x.title, align: 'center', colour: 'muted' },
    { x: 8 - margin.left, y: -16, text: y.title, align: 'left', colour: 'muted' },
  ];
  return both.filter(({ text }) => text !== '');
}

function rectLayers(rects: readonly PlotRect[]): Layer[] {
  if (rects.length === 0) return [];
  return [
    {
      data: {
        values: rects.map(({ x, y, colour }) => ({ x: x[0], x2: x[1], y: y[0], y2: y[1], colour: light(colour) })),
      },
      mark: { type: 'rect', stroke: light('surface'), strokeWidth: 1 },
      encoding: { x2: { field: 'x2' }, y2: { field: 'y2' }, fill: asGiven('colour') },
    },
  ];
}

function ruleLayer({ axis, at, colour = 'muted', dashed = true }: PlotRule): Layer {
  const across =
    axis === 'x' ? { y: { value: 0 }, y2: { value: 'height' } } : { x: { value: 0 }, x2: { value: 'width' } };
  return {
    data: { values: [{ [axis]: at }] },
    mark: { type: 'rule', color: light(colour), strokeWidth: 1.25, ...(dashed ? { strokeDash: [5, 4] } : {}) },
    encoding: across,
  };
}

function spanLayers(series: readonly PlotSeries[]): Layer[] {
  const values = series.flatMap(({ style, points }) =>
    points.flatMap(({ x, y, xSpan, ySpan }) => [
      ...(xSpan === undefined ? [] : [{ x: xSpan[0], x2: xSpan[1], y, y2: y, colour: light(style.colour) }]),
      ...(ySpan === undefined ? [] : [{ x, x2: x, y: ySpan[0], y2: ySpan[1], colour: light(style.colour) }]),
    ]),
  );
  if (values.length === 0) return [];
  return [
    {
      data: { values },
      mark: { type: 'rule', strokeWidth: 2, opacity: 0.5 },
      encoding: { x2: { field: 'x2' }, y2: { field: 'y2' }, stroke: asGiven('colour') },
    },
  ];
}

function lineLayers({ style, points, joined }: PlotSeries): Layer[] {
  const valid = points.filter((point) => point.valid);
  if (!joined || valid.length < 2) return [];
  return [
    {
      data: { values: valid.map(({ x, y }, order) => ({ x, y, order })) },
      mark: { type: 'line', color: light(style.colour), strokeWidth: 2, strokeDash: style.dash, clip: false },
      encoding: { order: { field: 'order', type: 'quantitative' } },
    },
  ];
}

interface PlotSymbol {
  readonly x: number;
  readonly y: number;
  readonly shape: string;
  readonly fill: string;
  readonly stroke: string;
  readonly size: number;
}

function symbolsOf({ style, points, marks = points.length <= MOST_MARKS }: PlotSeries): PlotSymbol[] {
  const colour = light(style.colour);
  return points.flatMap(({ x, y, valid, ringed }) => [
    ...(ringed === true ? [{ x, y, shape: 'circle', fill: 'none', stroke: colour, size: 190 }] : []),
    ...(valid && marks ? [filled(x, y, style)] : []),
    ...(valid ? [] : [{ x, y, shape: INVALID_SHAPE, fill: 'none', stroke: colour, size: 64 }]),
  ]);
}

function filled(x: number, y: number, style: SeriesStyle): PlotSymbol {
  return { x, y, shape: style.shape, fill: light(style.colour), stroke: light('surface'), size: 58 };
}

function symbolLayers(values: readonly PlotSymbol[], inPixels: boolean): Layer[] {
  if (values.length === 0) return [];
  return [
    {
      data: { values },
      mark: { type: 'point', opacity: 1, strokeWidth: 1.25 },
      encoding: {
        ...(inPixels ? PIXELS : {}),
        shape: asGiven('shape'),
        fill: asGiven('fill'),
        stroke: asGiven('stroke'),
        size: { field: 'size', type: 'quantitative', scale: null, legend: null },
      },
    },
  ];
}

function textLayers(texts: readonly PlotText[], inPixels: boolean): Layer[] {
  if (texts.length === 0) return [];
  return [
    {
      data: {
        values: texts.map(({ x, y, text, align, baseline = 'middle', colour = 'ink', bold = false }) => {
          return { x, y, text, align, baseline, colour: light(colour), weight: bold ? 600 : 400 };
        }),
      },
      mark: {
        type: 'text',
        align: { expr: 'datum.align' },
        baseline: { expr: 'datum.baseline' },
        fontWeight: { expr: 'datum.weight' },
        fontSize: FONT_SIZE,
        lineHeight: FONT_SIZE + 2,
      },
      encoding: { ...(inPixels ? PIXELS : {}), text: { field: 'text', type: 'nominal' }, color: asGiven('colour') },
    },
  ];
}

function keyLayers(keys: readonly PlotKey[]): Layer[] {
  const lines = keys
    .filter(({ line }) => line)
    .map(({ x, y, style }) => ({ x: x - 13, x2: x + 13, y, colour: light(style.colour), dash: style.dash }));
  return [
    ...(lines.length === 0
      ? []
      : [
          {
            data: { values: lines },
            mark: { type: 'rule', strokeWidth: 2, strokeDash: { expr: 'datum.dash' } },
            encoding: { ...PIXELS, x2: { field: 'x2' }, stroke: asGiven('colour') },
          },
        ]),
    ...symbolLayers(
      keys.map(({ x, y, style }) => filled(x, y, style)),
      true,
    ),
  ];
}

/** A mark that is nowhere: gives the axes data even when all marks are placed in pixels. */
function anchor({ x, y }: Plot): Layer {
  return {
    data: { values: [{ x: x.scale.domain[0], y: y.scale.domain[0] }] },
    mark: { type: 'point', opacity: 0, size: 0 },
  };
}
