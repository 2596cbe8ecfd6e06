import { directLabels } from './direct-labels.js';
import { legendAbove } from './legend.js';
import type { Canvas, Room } from './picture.js';
import {
  outerSize,
  plotSpec,
  yPixel,
  type Plot,
  type PlotAxis,
  type PlotPoint,
  type PlotRect,
  type PlotRule,
  type PlotText,
} from './plot.js';
import { placeOf } from './scale.js';
import type { StyleOf } from './series-style.js';
import { estimateTextWidth } from './theme.js';

export interface NamedSeries {
  readonly name: string;
  readonly points: readonly PlotPoint[];
  readonly joined: boolean;
  readonly marks?: boolean;
}

export interface XyPanel {
  readonly title?: string;
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  readonly series: readonly NamedSeries[];
  readonly bands?: readonly PlotRect[];
  readonly rects?: readonly PlotRect[];
  readonly rules?: readonly PlotRule[];
  readonly texts?: readonly PlotText[];
  readonly pixelTexts?: (area: { readonly width: number; readonly height: number }) => readonly PlotText[];
  readonly height?: number;
  /** Room above the plotting area for words of the panel's own; absent: what the title of the axis needs. */
  readonly topRoom?: number;
  /** Room right of the plotting area for words beside rows. */
  readonly rightRoom?: number;
}

export interface XyOptions {
  readonly styleOf: StyleOf;
  /** Names for the legend; absent: those of the series. */
  readonly names?: readonly string[];
  /** Whether the series are filled areas, so that the legend shows boxes. */
  readonly boxes?: boolean;
}

const LABEL_ROOM = 190;
const X_ROOM = 46;
const PANEL_GAP = 18;
const MOST_DIRECT_LABELS = 9;
const LINE_HEIGHT = 14;

/** Panels with shared series. Lines of a single wide panel are named at their ends, otherwise a legend stands above. */
export function xyCanvas(panels: readonly XyPanel[], options: XyOptions, room: Room): Canvas {
  const names = options.names ?? [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))];
  const direct =
    !room.narrow &&
    panels.length === 1 &&
    names.length <= MOST_DIRECT_LABELS &&
    panels.every(({ series }) => series.every(endsInside)) &&
    names.length > 1;
  const inRow = room.narrow ? 1 : panels.length;
  const panelWidth = (room.width - PANEL_GAP * (inRow - 1)) / inRow;
  const parts: { x: number; y: number; spec: Canvas['parts'][number]['spec'] }[] = [];
  let x = 0;
  let y = 0;
  let height = 0;
  for (const [index, panel] of panels.entries()) {
    const legend =
      direct || names.length < 2 || (room.narrow && index > 0)
        ? undefined
        : { names: index === 0 ? names : [], boxes: options.boxes ?? false };
    const reserved = legendHeight(names, panelWidth, panels.length, room, legend !== undefined);
    const plot = plotOf(panel, {
      styleOf: options.styleOf,
      direct,
      legend,
      legendHeight: reserved,
      width: panelWidth,
      legendWidth: room.width,
      narrow: room.narrow,
    });
    const size = outerSize(plot);
    parts.push({ x, y, spec: plotSpec(plot) });
    if (room.narrow) {
      y += size.height + PANEL_GAP;
      height = y - PANEL_GAP;
    } else {
      x += size.width + PANEL_GAP;
      height = Math.max(height, size.height);
    }
  }
  return { width: room.width, height: Math.ceil(height), parts };
}

function endsInside({ points, joined }: NamedSeries): boolean {
  return joined && points.some(({ valid }) => valid);
}

/** All panels of a row leave the same room above, so that their axes are level. */
function legendHeight(
  names: readonly string[],
  panelWidth: number,
  panels: number,
  room: Room,
  shown: boolean,
): number {
  if (!shown) return 0;
  const width = panels > 1 && !room.narrow ? room.width : panelWidth;
  return legendAbove(names, NO_STYLE, { left: 0, width: width - 8, boxes: false }).height;
}

const NO_STYLE: StyleOf = () => ({ colour: 's7', dash: [1, 0], shape: 'circle' });

interface PlotContext {
  readonly styleOf: StyleOf;
  readonly direct: boolean;
  readonly legend: { readonly names: readonly string[]; readonly boxes: boolean } | undefined;
  readonly legendHeight: number;
  readonly width: number;
  readonly legendWidth: number;
  readonly narrow: boolean;
}

function plotOf(panel: XyPanel, context: PlotContext): Plot {
  const left = Math.ceil(Math.max(24, ...panel.y.scale.ticks.map(({ label }) => widest(label))) + 12);
  const right = context.direct ? LABEL_ROOM : (panel.rightRoom ?? 14);
  const titleRoom = panel.title === undefined ? 0 : 24;
  const margin = {
    top:
      context.legendHeight +
      titleRoom +
      (panel.topRoom ?? (panel.y.title === '' && context.legendHeight === 0 ? 10 : 28)),
    right,
    bottom: panel.x.title === '' ? 26 : X_ROOM,
    left,
  };
  const area = { width: context.width - left - right, height: panel.height ?? (context.narrow ? 230 : 290) };
  const base: Plot = { ...area, margin, x: panel.x, y: panel.y };
  const legend =
    context.legend === undefined
      ? undefined
      : legendAbove(context.legend.names, context.styleOf, {
          left: 8 - left,
          width: context.legendWidth - 8,
          boxes: context.legend.boxes,
        });
  const labels = context.direct ? directLabels(lastPoints(panel, base), context.styleOf, area) : undefined;
  const title: PlotText[] =
    panel.title === undefined ? [] : [{ x: 8 - left, y: -38, text: panel.title, align: 'left', bold: true }];
  return {
    ...base,
    bands: panel.bands ?? [],
    rects: panel.rects ?? [],
    rules: panel.rules ?? [],
    series: panel.series.map(({ name, ...series }) => ({ ...series, style: context.styleOf(name) })),
    texts: panel.texts ?? [],
    pixelTexts: [
      ...title,
      ...rowNames(panel.y, area.height),
      ...(panel.pixelTexts?.(area) ?? []),
      ...raised(legend?.texts ?? [], titleRoom),
      ...(labels?.texts ?? []),
    ],
    keys: [...raised(legend?.keys ?? [], titleRoom), ...(labels?.keys ?? [])],
  };
}

function raised<T extends { readonly y: number }>(things: readonly T[], by: number): T[] {
  return things.map((thing) => ({ ...thing, y: thing.y - by }));
}

function lastPoints({ series }: XyPanel, plot: Plot): { name: string; y: number }[] {
  return series.map(({ name, points }) => ({
    name,
    y: yPixel(plot, points.findLast(({ valid }) => valid)?.y ?? plot.y.scale.domain[0]),
  }));
}

function widest(label: string | readonly string[]): number {
  return Math.max(...(typeof label === 'string' ? [label] : label).map(estimateTextWidth));
}

/** Names of rows, of one or more lines, each in the middle of its row. */
function rowNames({ scale }: PlotAxis, height: number): PlotText[] {
  return scale.ticks.flatMap(({ value, label }): PlotText[] => {
    if (typeof label === 'string') return [];
    const middle = (1 - placeOf(scale, value)) * height;
    return [
      { x: -9, y: middle - ((label.length - 1) * LINE_HEIGHT) / 2, text: label, align: 'right', colour: 'muted' },
    ];
  });
}
