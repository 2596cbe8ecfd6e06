import {
  blocks,
  type Block,
  type FigureBlock,
  type ReportDocument,
  type Section,
  type TableBlock,
} from '../document/block.js';
import { inlines, verdictWords, type Inline, type Text } from '../document/inline.js';
import { relativeLink } from '../format/relative-link.js';
import { codeSpan, escapeMarkdown } from './escape-markdown.js';

/** Longer tables that the page folds away would make a file that the places which show Markdown refuse to draw. */
const MOST_FOLDED_ROWS = 100;

/** The report for places that show Markdown; its pictures are files in charts/ beside it, named by the figures' ids. */
export function renderMarkdown({ title, subtitle, opening, sections }: ReportDocument): string {
  const { banner, answer, light, verdicts, figure: first, facts } = opening;
  const parts = [
    `# ${escapeMarkdown(title)}`,
    escapeMarkdown(subtitle),
    ...blocks(banner).map(renderBlock),
    ...answer.map(text),
    ...blocks(light).map(renderBlock),
    ...(verdicts === undefined ? [] : sectionParts(verdicts)),
    ...blocks([first, { kind: 'facts', facts }]).map(renderBlock),
    ...sections.flatMap(sectionParts),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function sectionParts({ id, title, body }: Section): string[] {
  return [heading(2, id, title), ...body.map(renderBlock)];
}

/** One block of a document. */
export function renderBlock(each: Block): string {
  switch (each.kind) {
    case 'heading':
      return heading(3, each.id, each.text);
    case 'paragraph':
      return text(each.text);
    case 'labelled':
      return `**${escapeMarkdown(each.label)}:** ${text(each.text)}`.trim();
    case 'list':
      return list(each.items);
    case 'facts':
      return list(each.facts.map(([name, value]) => [`${name}: `, value]));
    case 'code':
      return codeBlock(each.text);
    case 'callout':
      return [`**${escapeMarkdown(each.title)}**`, ...each.body.map(renderBlock)]
        .join('\n\n')
        .replace(/^(?=.)/gm, '> ')
        .replace(/^$/gm, '>');
    case 'light':
      return `**${escapeMarkdown(`${each.word}: ${each.title}`)}**\n\n${list(each.points)}`;
    case 'details':
      return `<details><summary>${escapeMarkdown(each.summary)}</summary>\n\n${each.body.map(folded).join('\n\n')}\n\n</details>`;
    case 'chapter':
      return each.body.map(renderBlock).join('\n\n');
    case 'table':
      return table(each);
    case 'figure':
      return figure(each);
  }
}

function folded(each: Block): string {
  return each.kind === 'table' && each.rows.length > MOST_FOLDED_ROWS
    ? `**${escapeMarkdown(each.caption)}:** ${each.rows.length} rows, in [report.html](./report.html)`
    : renderBlock(each);
}

function heading(level: number, id: string, words: string): string {
  return `<a id="${id}"></a>\n\n${'#'.repeat(level)} ${escapeMarkdown(words)}`;
}

function list(items: readonly Text[]): string {
  return items.map((item) => `- ${text(item)}`).join('\n');
}

function figure({ id, number, title, caption, alternative }: FigureBlock): string {
  const picture = `![${escapeMarkdown(alternative)}](charts/${id}.svg)`;
  return `${picture}\n\n*Figure ${number}. ${escapeMarkdown(title)}.* ${escapeMarkdown(caption)}`;
}

function table({ caption, columns, rows, note }: TableBlock): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const lines = [
    line(columns.map(({ name }) => escapeMarkdown(name))),
    line(columns.map(({ numeric }) => (numeric ? '---:' : '---'))),
    ...rows.map(({ cells }) => line(cells.map((cell) => text(cell.text)))),
  ];
  const words = note === undefined || note === false ? '' : `\n\n*${escapeMarkdown(note)}*`;
  return `**${escapeMarkdown(caption)}**\n\n${lines.join('\n')}${words}`;
}

function codeBlock(code: string): string {
  const runs = code.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map(({ length }) => length + 1)));
  return `${fence}\n${code}\n${fence}`;
}

function text(words: Text): string {
  return inlines(words).map(inline).join('');
}

function inline(piece: Inline): string {
  if (typeof piece === 'string') return escapeMarkdown(piece);
  switch (piece.as) {
    case 'strong':
    case 'mark':
      return piece.text.trim() === '' ? '' : `**${escapeMarkdown(piece.text.trim())}**`;
    case 'code':
      return codeSpan(piece.text);
    case 'muted':
      return escapeMarkdown(piece.text);
    case 'link':
      return `[${escapeMarkdown(piece.text)}](${piece.to.startsWith('#') ? piece.to : relativeLink(piece.to)})`;
    case 'verdict':
      return `**${verdictWords(piece.verdict, piece.standin)}**${piece.count === undefined ? '' : ` ${piece.count}`}`;
    case 'interval':
      return '';
    case 'break':
      return '<br>';
  }
}
