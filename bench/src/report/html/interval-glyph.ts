import type { Inline } from '../document/inline.js';
import { markup, type Markup } from './markup.js';

const WIDTH = 104;
const HEIGHT = 16;
const MIDDLE = HEIGHT / 2;

/** A ratio and its interval around 1 on a logarithmic scale; the words beside it say the same. */
export function intervalGlyph({ value, low, high, reach }: Extract<Inline, { as: 'interval' }>): Markup {
  const from = place(low, reach);
  const to = Math.max(place(high, reach), from + 1);
  const kind = low <= 1 && high >= 1 ? 'open' : 'point';
  return markup`<svg class="interval" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">${[
    markup`<line class="axis" x1="0" x2="${WIDTH}" y1="${MIDDLE}" y2="${MIDDLE}"/>`,
    markup`<line class="one" x1="${WIDTH / 2}" x2="${WIDTH / 2}" y1="1" y2="${HEIGHT - 1}"/>`,
    markup`<line class="span" x1="${from}" x2="${to}" y1="${MIDDLE}" y2="${MIDDLE}"/>`,
    markup`<circle class="${kind}" cx="${place(value, reach)}" cy="${MIDDLE}" r="4"/>`,
  ]}</svg>`;
}

function place(ratio: number, reach: number): number {
  const share = ratio > 0 ? Math.log(ratio) / Math.log(reach) : -1;
  const inside = Math.min(1, Math.max(-1, share));
  return Number((WIDTH / 2 + inside * (WIDTH / 2 - 5)).toFixed(1));
}
