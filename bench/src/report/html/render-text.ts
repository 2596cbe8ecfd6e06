import { inlines, verdictWords, type Inline, type Text } from '../document/inline.js';
import { relativeLink } from '../format/relative-link.js';
import { intervalGlyph } from './interval-glyph.js';
import { markup, type Markup } from './markup.js';

const VERDICT_SIGNS = { CONFIRMED: '✓', REFUTED: '✕', EQUIVALENT: '=', INCONCLUSIVE: '?', 'NOT TESTED': '–' } as const;

export function renderText(text: Text): Markup {
  return markup`${inlines(text).map(renderInline)}`;
}

function renderInline(piece: Inline): Markup {
  if (typeof piece === 'string') return markup`${piece}`;
  switch (piece.as) {
    case 'strong':
      return markup`<strong>${piece.text}</strong>`;
    case 'code':
      return markup`<code>${piece.text}</code>`;
    case 'muted':
    case 'mark':
      return markup`<span class="${piece.as}">${piece.text}</span>`;
    case 'link':
      return markup`<a href="${piece.to.startsWith('#') ? piece.to : relativeLink(piece.to)}">${piece.text}</a>`;
    case 'verdict': {
      const name = piece.verdict.toLowerCase().replace(' ', '-');
      const sign = markup`<span aria-hidden="true">${VERDICT_SIGNS[piece.verdict]}</span>`;
      return markup`<span class="verdict ${name}">${sign} ${verdictWords(piece.verdict, piece.standin)}${piece.count !== undefined && markup` <b>${piece.count}</b>`}</span>`;
    }
    case 'interval':
      return intervalGlyph(piece);
    case 'break':
      return markup`<br>`;
  }
}
