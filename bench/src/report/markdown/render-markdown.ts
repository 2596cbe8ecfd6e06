import type { Block, FigureBlock, ReportDocument, TableBlock } from '../document/block.js';
import { inlines, verdictWords, type Inline, type Text } from '../document/inline.js';
import { relativeLink } from '../format/relative-link.js';
import { codeSpan, escapeMarkdown } from './escape-markdown.js';

/** Longer tables that the page folds away would make a file that the places which show Markdown refuse to draw. */
const MOST_FOLDED_ROWS = 100;

/** The report for places that show Markdown; its pictures are the files that `pictureFile` names, relative to it. */
export function renderMarkdown(
  document: ReportDocument,
  pictureFile: (figure: FigureBlock) => string | undefined,
): string {
  const { title, subtitle, opening, sections } = document;
  const parts = [
    `# ${escapeMarkdown(title)}`,
    escapeMarkdown(subtitle),
    ...(opening.banner === undefined
      ? []
      : [`> **${escapeMarkdown(opening.banner.title)}**\n>\n> ${text(opening.banner.text)}`]),
    ...opening.answer.map((sentence) => text(sentence)),
    ...(opening.light === undefined
      ? []
      : [
          `**${escapeMarkdown(opening.light.word)}: ${escapeMarkdown(opening.light.title)}**`,
          opening.light.points.map((point) => `- ${text(point)}`).join('\n'),
        ]),
    ...(opening.verdicts === undefined
      ? []
      : [
          heading(2, opening.verdicts.id, opening.verdicts.title),
          text(opening.verdicts.tally),
          table(opening.verdicts.table, false),
          ...(opening.verdicts.leftOut === undefined ? [] : [renderBlock(opening.verdicts.leftOut, pictureFile)]),
        ]),
    ...(opening.figure === undefined ? [] : [figure(opening.figure, pictureFile)]),
    opening.facts.map(({ name, value }) => `- ${escapeMarkdown(name)}: ${text(value)}`).join('\n'),
    ...sections.flatMap(({ id, title: name, body }) => [
      heading(2, id, name),
      ...body.map((each) => renderBlock(each, pictureFile)),
    ]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** One block of a document. */
export function renderBlock(each: Block, pictureFile: (figure: FigureBlock) => string | undefined): string {
  switch (each.kind) {
    case 'heading':
      return heading(each.level, each.id, each.text);
    case 'paragraph':
      return text(each.text);
    case 'labelled':
      return `**${escapeMarkdown(each.label)}:** ${text(each.text)}`.trim();
    case 'list':
      return each.items.map((item) => `- ${text(item)}`).join('\n');
    case 'facts':
      return each.facts.map(({ name, value }) => `- ${escapeMarkdown(name)}: ${text(value)}`).join('\n');
    case 'code':
      return codeBlock(each.text);
    case 'callout':
      return [`**${escapeMarkdown(each.title)}**`, ...each.body.map((inner) => renderBlock(inner, pictureFile))]
        .join('\n\n')
        .split('\n')
        .map((line) => (line === '' ? '>' : `> ${line}`))
        .join('\n');
    case 'details':
      return `<details><summary>${escapeMarkdown(each.summary)}</summary>\n\n${each.body.map((inner) => folded(inner, pictureFile)).join('\n\n')}\n\n</details>`;
    case 'chapter':
      return each.body.map((inner) => renderBlock(inner, pictureFile)).join('\n\n');
    case 'table':
      return table(each, true);
    case 'figure':
      return figure(each, pictureFile);
  }
}

function folded(each: Block, pictureFile: (figure: FigureBlock) => string | undefined): string {
  return each.kind === 'table' && each.rows.length > MOST_FOLDED_ROWS
    ? `**${escapeMarkdown(each.caption)}:** ${each.rows.length} rows, in [report.html](./report.html)`
    : renderBlock(each, pictureFile);
}

function heading(level: number, id: string, words: string): string {
  return `<a id="${id}"></a>\n\n${'#'.repeat(level)} ${escapeMarkdown(words)}`;
}

function figure(each: FigureBlock, pictureFile: (figure: FigureBlock) => string | undefined): string {
  const file = pictureFile(each);
  const caption = `*Figure ${each.number}. ${escapeMarkdown(each.title)}.* ${escapeMarkdown(each.caption)}`;
  return file === undefined ? caption : `![${escapeMarkdown(each.alternative)}](${file})\n\n${caption}`;
}

function table({ caption, columns, rows, note }: TableBlock, withCaption: boolean): string {
  const head = `| ${columns.map(({ name }) => escapeMarkdown(name)).join(' | ')} |`;
  const rule = `| ${columns.map(({ numeric }) => (numeric ? '---:' : '---')).join(' | ')} |`;
  const body = rows.map(({ cells }) => `| ${cells.map((cell) => text(cell.text)).join(' | ')} |`);
  return [
    ...(withCaption ? [`**${escapeMarkdown(caption)}**`] : []),
    [head, rule, ...body].join('\n'),
    ...(note === undefined ? [] : [`*${escapeMarkdown(note)}*`]),
  ].join('\n\n');
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
