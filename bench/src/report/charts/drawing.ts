import type { SeriesStyle } from './series-style.js';

/** What a picture shows, as plain data with names instead of ids. The files draw-*.ts turn it into SVG. */
export type Drawing = XyDrawing | BarsDrawing | IntervalsDrawing;

export interface DrawnSeries {
  readonly name: string;
  readonly style: SeriesStyle;
  /** Whose figures it shows: the page can hide them. */
  readonly contestant?: string | undefined;
}

export interface DrawnPoint {
  readonly x: number;
  readonly y: number;
  /** False: drawn as a cross, and not joined to its neighbours. */
  readonly valid: boolean;
  readonly ySpan?: readonly [number, number] | undefined;
  readonly xSpan?: readonly [number, number] | undefined;
  /** Marks a point that the caption speaks of. */
  readonly ringed?: boolean;
}

export interface Axis {
  readonly label: string;
  /** nines: x is 1 / (1 - p), and the ticks are percentiles. Log falls back to linear where a value is not positive. */
  readonly scale: 'linear' | 'log' | 'nines';
  /** Whether a linear scale begins at 0. */
  readonly zero?: boolean;
}

/** Lines over a common pair of axes, in one panel or several. */
export interface XyDrawing {
  readonly kind: 'xy';
  readonly x: Axis;
  readonly y: Axis;
  readonly panels: readonly {
    readonly title?: string;
    readonly lines: readonly (DrawnSeries & { readonly points: readonly DrawnPoint[] })[];
  }[];
  /** Vertical lines, numbered from 1. */
  readonly events?: readonly number[];
}

export interface DrawnBar extends DrawnSeries {
  readonly value: number;
  readonly span?: readonly [number, number] | undefined;
  readonly valid: boolean;
}

/** Bars that lie, so that long names can be read. */
export interface BarsDrawing {
  readonly kind: 'bars';
  readonly axis: string;
  readonly stacked: boolean;
  /** False: the names of the rows say it all. */
  readonly legend: boolean;
  readonly rows: readonly { readonly name: string; readonly bars: readonly DrawnBar[] }[];
  readonly reference?: { readonly y: number; readonly label: string } | undefined;
}

/** One row each: a value as a symbol, its span as a line, figures in words at the end. On a logarithmic scale. */
export interface IntervalsDrawing {
  readonly kind: 'intervals';
  readonly axis: string;
  readonly rows: readonly (DrawnSeries & {
    readonly value: number;
    readonly span: readonly [number, number];
    readonly words: readonly string[];
  })[];
  readonly reference?: { readonly x: number; readonly label?: string };
  readonly band?: readonly [number, number];
  /** What the words at the end of a row are. */
  readonly wordsTitle?: string;
  /** Of the wide drawing, in pixels. */
  readonly width?: number;
}
