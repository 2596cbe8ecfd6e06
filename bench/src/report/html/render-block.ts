import { draw } from '../charts/draw.js';
import type { Block, FigureBlock } from '../document/block.js';
import { classes, hideable } from './hideable.js';
import { markup, trusted, type Markup } from './markup.js';
import { renderTable } from './render-table.js';
import { renderText } from './render-text.js';

export function renderBlocks(blocks: readonly Block[]): Markup[] {
  return blocks.map(renderBlock);
}

export function renderBlock(block: Block): Markup {
  switch (block.kind) {
    case 'heading':
      return markup`<h3 id="${block.id}">${block.text}</h3>\n`;
    case 'paragraph':
      return markup`<p>${renderText(block.text)}</p>\n`;
    case 'labelled':
      return markup`<p class="labelled"><span class="label">${block.label}</span> ${renderText(block.text)}</p>\n`;
    case 'list':
      return markup`<ul>${block.items.map((item) => markup`<li>${renderText(item)}</li>\n`)}</ul>\n`;
    case 'facts': {
      const pairs = block.facts.map(
        ([name, value]) => markup`<div><dt>${name}</dt><dd>${renderText(value)}</dd></div>\n`,
      );
      return markup`<dl class="facts">${pairs}</dl>\n`;
    }
    case 'code':
      return markup`<pre><code>${block.text}</code></pre>\n`;
    case 'callout':
      return markup`<div class="callout ${block.tone}" role="note"><p class="callout-title">${block.title}</p>${renderBlocks(block.body)}</div>\n`;
    case 'light': {
      const { tone, word, title, points } = block;
      const lamp = markup`<span class="lamp" aria-hidden="true"></span><span class="light-word">${word}:</span>`;
      return markup`<div class="light-box ${tone}" role="group" aria-label="Validity"><p class="light-title">${lamp} ${title}</p><ul>${points.map((point) => markup`<li>${renderText(point)}</li>`)}</ul></div>\n`;
    }
    case 'details':
      return markup`<details><summary>${block.summary}</summary>${renderBlocks(block.body)}</details>\n`;
    case 'chapter':
      return markup`<div${classes(hideable(block))}>${renderBlocks(block.body)}</div>\n`;
    case 'table':
      return renderTable(block);
    case 'figure':
      return renderFigure(block);
  }
}

/** Drawn twice: the style sheet shows the one that the page has room for. */
function renderFigure({ id, number, title, caption, alternative, drawing, data }: FigureBlock): Markup {
  return markup`<figure id="${id}"><div class="picture" role="img" aria-label="${alternative}"><div class="wide">${trusted(draw(drawing, false))}</div>
<div class="narrow">${trusted(draw(drawing, true))}</div></div>
<figcaption><strong>Figure ${number}. ${title}.</strong> ${caption}</figcaption>
<details class="data"><summary>Data of figure ${number}</summary>${renderTable(data)}</details></figure>
`;
}
