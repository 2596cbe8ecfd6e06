import type { Chart } from '../../record/index.js';
import { barsPicture } from './bars.js';
import { linesPicture } from './lines.js';
import type { Picture } from './picture.js';
import { ratiosPicture } from './ratios.js';
import type { StyleOf } from './series-style.js';
import { spectrumPicture } from './spectrum.js';
import { timelinePicture } from './timeline.js';

/** The picture of an experiment's chart. */
export function chartPicture(chart: Chart, stylesFor: (names: readonly string[]) => StyleOf): Picture {
  const styleOf = stylesFor(namesToColour(chart));
  switch (chart.kind) {
    case 'lines':
      return linesPicture(chart, styleOf);
    case 'bars':
      return barsPicture(chart, styleOf);
    case 'spectrum':
      return spectrumPicture(chart, styleOf);
    case 'timeline':
      return timelinePicture(chart, styleOf);
    case 'ratios':
      return ratiosPicture(chart, styleOf);
  }
}

/** How many things a chart shows; 0 means there is nothing to draw. */
export function chartSize(chart: Chart): number {
  return chart.kind === 'ratios' ? chart.rows.length : chart.points.length;
}

/** Bars of a single series are told apart by what they stand for, so that a contestant keeps its colour. */
function namesToColour(chart: Chart): string[] {
  if (chart.kind === 'ratios') return ['ratio'];
  const series = [...new Set(chart.points.map((point) => point.series))];
  return chart.kind === 'bars' && series.length === 1 ? [...new Set(chart.points.map(({ x }) => String(x)))] : series;
}
