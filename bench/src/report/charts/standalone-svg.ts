import { printable } from '../format/printable.js';
import { COLOURS, type ColourName } from './theme.js';

/**
 * A picture as a file of its own: it brings its dark colours and its background along, since it cannot know on what it is
 * shown (Markdown viewers put it on their own page).
 */
export function standaloneSvg(svg: string, title: string): string {
  const used = (Object.keys(COLOURS) as ColourName[]).filter(
    (name) => name === 'surface' || new RegExp(`class="[^"]*\\b[fk]-${name}\\b`).test(svg),
  );
  const dark = used
    .map((name) => `.f-${name}{fill:${COLOURS[name][1]}}.k-${name}{stroke:${COLOURS[name][1]}}`)
    .join('');
  const style = `<style>@media (prefers-color-scheme:dark){${dark}}</style>`;
  const background = `<rect class="f-surface" width="100%" height="100%" fill="${COLOURS.surface[0]}"/>`;
  const words = printable(title).replace(/[&<>]/g, (character) =>
    character === '&' ? '&amp;' : character === '<' ? '&lt;' : '&gt;',
  );
  return `${svg.replace(/^(<svg[^>]*)>/, `$1 role="img"><title>${words.replaceAll('$', '$$$$')}</title>${style}${background}`)}\n`;
}
