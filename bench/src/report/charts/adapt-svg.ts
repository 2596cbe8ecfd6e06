import { printable } from '../format/printable.js';
import { colourName } from './theme.js';

/**
 * Makes Vega's SVG fit to stand in a page: without its outer element, without what is invisible, with ids of its own, and
 * with a class for each colour of the theme (`f-ink` fills, `k-ink` strokes). The colours stay as attributes as well, for
 * viewers without style sheets.
 */
export function adaptSvg(svg: string, id: string): string {
  const inner = printable(svg)
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>$/, '');
  // A tag of Vega's has quoted attributes in which < and & are escaped, but > need not be.
  return prune(
    inner.replace(
      /<([a-zA-Z]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>/g,
      (_, name: string, attributes: string, close: string) => {
        return `<${name}${adaptAttributes(attributes, id)}${close}>`;
      },
    ),
  );
}

const DROPPED = new Set([
  'class',
  'role',
  'aria-hidden',
  'aria-roledescription',
  'pointer-events',
  'stroke-miterlimit',
]);
const ROUNDED = new Set(['transform', 'd', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'width', 'height']);

function adaptAttributes(attributes: string, id: string): string {
  const classes: string[] = [];
  let kept = '';
  for (const [, name = '', value = ''] of attributes.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    if (DROPPED.has(name) || (name === 'opacity' && value === '1')) continue;
    const colour = name === 'fill' || name === 'stroke' ? colourName(value) : undefined;
    if (colour !== undefined) classes.push(`${name === 'fill' ? 'f' : 'k'}-${colour}`);
    kept += ` ${name}="${adaptValue(name, value, id)}"`;
  }
  return classes.length === 0 ? kept : ` class="${classes.join(' ')}"${kept}`;
}

function adaptValue(name: string, value: string, id: string): string {
  if (name === 'id') return `${id}-${value}`;
  if (value.startsWith('url(#')) return value.replace('url(#', `url(#${id}-`);
  if (name === 'font-family') return value.replaceAll('"', "'");
  return ROUNDED.has(name)
    ? value.replace(/-?\d+\.\d{2,}(?:e-?\d+)?/g, (digits) => String(Number(Number(digits).toFixed(2))))
    : value;
}

/** Removes paths and texts that draw nothing, then groups that have become empty. */
function prune(svg: string): string {
  let before: string;
  let after = svg
    .replace(/<path(?=[^>]*\sdisplay="none")[^>]*\/>/g, '')
    .replace(/<path(?![^>]*\s(?:fill|stroke)=)[^>]*\/>/g, '')
    .replace(/<(path|text|line)(?=[^>]*\sopacity="0")(?:[^>]*\/>|[^>]*>[^<]*<\/\1>)/g, '');
  do {
    before = after;
    after = before.replace(/<g[^>]*><\/g>/g, '').replace(/<defs><\/defs>/g, '');
  } while (after !== before);
  return after;
}
