import type { Block, FigureBlock } from '../document/block.js';
import { classes, hideable } from './hideable.js';
import { markup, trusted, type Markup } from './markup.js';
import { renderTable } from './render-table.js';
import { renderText } from './render-text.js';

/** The drawings of a figure, made before the page. */
export interface Drawings {
  readonly wide: string;
  readonly narrow: string;
}

export type DrawingsOf = (figure: FigureBlock) => Drawings;

export function renderBlock(block: Block, drawingsOf: DrawingsOf): Markup {
  const inner = (blocks: readonly Block[]): Markup[] => blocks.map((each) => renderBlock(each, drawingsOf));
  switch (block.kind) {
    case 'heading':
      return block.level === 3
        ? markup`<h3 id="${block.id}">${block.text}</h3>\n`
        : markup`<h4 id="${block.id}">${block.text}</h4>\n`;
    case 'paragraph':
      return markup`<p>${renderText(block.text)}</p>\n`;
    case 'labelled':
      return markup`<p class="labelled"><span class="label">${block.label}</span> ${renderText(block.text)}</p>\n`;
    case 'list':
      return markup`<ul>${block.items.map((item) => markup`<li>${renderText(item)}</li>\n`)}</ul>\n`;
    case 'facts':
      return renderFacts(block.facts);
    case 'code':
      return markup`<pre><code>${block.text}</code></pre>\n`;
    case 'callout':
      return markup`<div class="callout ${block.tone}" role="note"><p class="callout-title">${block.title}</p>${inner(block.body)}</div>\n`;
    case 'details':
      return markup`<details><summary>${block.summary}</summary>${inner(block.body)}</details>\n`;
    case 'chapter':
      return markup`<div${classes(hideable(block))}>${inner(block.body)}</div>\n`;
    case 'table':
      return renderTable(block);
    case 'figure':
      return renderFigure(block, drawingsOf);
  }
}

export function renderFacts(facts: Extract<Block, { kind: 'facts' }>['facts']): Markup {
  const pairs = facts.map(({ name, value }) => markup`<div><dt>${name}</dt><dd>${renderText(value)}</dd></div>\n`);
  return markup`<dl class="facts">${pairs}</dl>\n`;
}

export function renderFigure(figure: FigureBlock, drawingsOf: DrawingsOf): Markup {
  const { id, number, title, caption, alternative, data } = figure;
  const { wide, narrow } = drawingsOf(figure);
  return markup`<figure id="${id}"><div class="picture" role="img" aria-label="${alternative}"><div class="wide">${trusted(wide)}</div>
<div class="narrow">${trusted(narrow)}</div></div>
<figcaption><strong>Figure ${number}. ${title}.</strong> ${caption}</figcaption>
<details class="data"><summary>Data of figure ${number}</summary>${renderTable(data)}</details></figure>
`;
}
