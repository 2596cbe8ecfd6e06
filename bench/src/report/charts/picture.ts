/** A Vega-Lite specification of fixed size, as plain data. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** Specifications side by side on one canvas; all sizes in pixels. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly parts: readonly { readonly x: number; readonly y: number; readonly spec: VegaLiteSpec }[];
}

/** One picture drawn twice: text that is shrunk with its picture cannot be read on a telephone. */
export interface Picture {
  readonly wide: Canvas;
  readonly narrow: Canvas;
}

/** How much room a drawing has. */
export interface Room {
  readonly width: number;
  readonly narrow: boolean;
}

export function pictureOf(draw: (room: Room) => Canvas, wideWidth = 880): Picture {
  return { wide: draw({ width: wideWidth, narrow: false }), narrow: draw({ width: 344, narrow: true }) };
}
