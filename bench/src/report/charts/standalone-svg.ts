import { escapeHtml } from '../html/markup.js';
import { COLOURS, light, recolour } from './theme.js';

const DARK = `svg{color:${COLOURS.ink[1]}}${recolour('svg', (name) => COLOURS[name][1])}`;
const STYLE = `<style>@media (prefers-color-scheme:dark){${DARK}}</style>`;
const BACKGROUND = `<rect width="100%" height="100%" fill="${light('surface')}"/>`;

/** A picture as a file of its own: with a title, a description, a background, and colours for dark pages. */
export function standaloneSvg(svg: string, title: string, description: string): string {
  const [open = '', ...rest] = svg.split('>');
  const words = `<title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>`;
  return `${open} role="img">${words}${STYLE}${BACKGROUND}${rest.join('>')}\n`;
}
