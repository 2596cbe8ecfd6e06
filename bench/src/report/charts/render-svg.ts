import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { adaptSvg } from './adapt-svg.js';
import type { Canvas, VegaLiteSpec } from './picture.js';

/** Vega's typings leave this out: how text is measured when there is no page. */
interface TextMetrics {
  canvas(use: boolean): void;
}

/**
 * Draws a canvas as one SVG whose colours carry class names (see adapt-svg). `id` starts the ids inside, so that several
 * pictures can stand in one page. The same canvas gives the same text on every machine. `warn` hears what Vega finds odd.
 */
export async function renderSvg(
  canvas: Canvas,
  id: string,
  warn: (message: string) => void = () => undefined,
): Promise<string> {
  // With the optional native canvas installed, text would be measured with this machine's fonts.
  (vega as unknown as { textMetrics: TextMetrics }).textMetrics.canvas(false);
  const parts: string[] = [];
  for (const [index, { x, y, spec }] of canvas.parts.entries()) {
    const inner = adaptSvg(await draw(spec, warn), `${id}-${index}`);
    parts.push(x === 0 && y === 0 ? inner : `<g transform="translate(${x},${y})">${inner}</g>`);
  }
  const { width, height } = canvas;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join('')}</svg>`;
}

async function draw(spec: VegaLiteSpec, warn: (message: string) => void): Promise<string> {
  const logger = new Listener(warn);
  // The specifications come from plotSpec alone; a test draws every kind and fails on a warning.
  const compiled = compile(spec as unknown as TopLevelSpec, { logger });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none', logLevel: vega.Warn, logger });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

type VegaLogger = NonNullable<vega.ViewOptions['logger']>;

/** Vega would write to the console; a library does not. */
class Listener implements VegaLogger {
  readonly #hear: (message: string) => void;

  constructor(hear: (message: string) => void) {
    this.#hear = hear;
  }

  level(_?: number): number | VegaLogger {
    return _ === undefined ? vega.Warn : this;
  }

  error(...parts: unknown[]): this {
    this.#hear(parts.map(String).join(' '));
    return this;
  }

  warn(...parts: unknown[]): this {
    return this.error(...parts);
  }

  info(): this {
    return this;
  }

  debug(): this {
    return this;
  }
}
