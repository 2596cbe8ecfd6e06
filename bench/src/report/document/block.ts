import type { Drawing } from '../charts/drawing.js';
import type { Text, Tone } from './inline.js';

export interface TableCell {
  readonly text: Text;
  /** What sorting compares; absent: the text. */
  readonly sort?: number | undefined;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly caption: string;
  /** `of`: the contestant whose column or row it is. The page can hide those of a contestant and of a question. */
  readonly columns: readonly { readonly name: string; readonly numeric: boolean; readonly of?: string | undefined }[];
  readonly rows: readonly {
    readonly cells: readonly TableCell[];
    readonly tone?: Tone | false | undefined;
    readonly of?: string | undefined;
    readonly question?: string | undefined;
  }[];
  readonly note?: string | false | undefined;
}

export interface FigureBlock {
  readonly kind: 'figure';
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly caption: string;
  /** What the picture shows, for who cannot see it. */
  readonly alternative: string;
  readonly drawing: Drawing;
  readonly data: TableBlock;
}

export interface Callout {
  readonly kind: 'callout';
  readonly tone: Tone;
  readonly title: string;
  readonly body: readonly Block[];
}

/** Whether the run is valid, in a colour that is a word too. */
export interface Light {
  readonly kind: 'light';
  readonly tone: Tone;
  readonly word: string;
  readonly title: string;
  readonly points: readonly Text[];
}

/** The report as data: written once, rendered as HTML and as Markdown. */
export type Block =
  | { readonly kind: 'heading'; readonly id: string; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: Text }
  /** A label and its text, as in "Question: ...". */
  | { readonly kind: 'labelled'; readonly label: string; readonly text: Text }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [name: string, value: Text])[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'details'; readonly summary: string; readonly body: readonly Block[] }
  /** What belongs to one question (experiment). */
  | { readonly kind: 'chapter'; readonly question: string; readonly body: readonly Block[] }
  | Callout
  | Light
  | TableBlock
  | FigureBlock;

/** What is false or undefined is no block. */
export type Blocks = Block | false | undefined | readonly Blocks[];

export function blocks(of: Blocks): Block[] {
  if (of === false || of === undefined) return [];
  return 'kind' in of ? [of] : of.flatMap(blocks);
}

export function paragraph(text: Text): Block {
  return { kind: 'paragraph', text };
}

export function heading(id: string, text: string): Block {
  return { kind: 'heading', id, text };
}

export function labelled(label: string, text: Text): Block {
  return { kind: 'labelled', label, text };
}

export function details(summary: string, body: Blocks): Block {
  return { kind: 'details', summary, body: blocks(body) };
}

/** A table that is there for who looks for it; nothing when it would be empty. */
export function foldedTable({ rows, caption, ...table }: TableBlock, summary = caption): Blocks {
  return rows.length > 0 && details(summary, { ...table, rows, caption });
}

export interface Section {
  readonly id: string;
  readonly title: string;
  /** Shorter, for the list of sections. */
  readonly short: string;
  readonly body: readonly Block[];
  /** Marks a section whose figures are the stand-in's. */
  readonly standin?: boolean;
}

export function section(id: string, title: string, short: string, body: Blocks): Section {
  return { id, title, short, body: blocks(body) };
}

export interface ReportDocument {
  readonly title: string;
  readonly subtitle: string;
  /** The first screen. */
  readonly opening: {
    readonly banner?: Callout | undefined;
    readonly answer: readonly Text[];
    readonly light?: Light;
    readonly verdicts?: Section | undefined;
    readonly figure?: FigureBlock | undefined;
    readonly facts: Extract<Block, { kind: 'facts' }>['facts'];
  };
  readonly sections: readonly Section[];
  /** What the reader may show and hide. */
  readonly choices?: { readonly contestants: readonly Choice[]; readonly questions: readonly Choice[] };
}

export interface Choice {
  readonly id: string;
  readonly label: string;
}

/** The sections that there are, with numbers. */
export function numbered(sections: readonly (Section | false | undefined)[]): Section[] {
  return sections
    .filter((each) => each !== undefined && each !== false)
    .map((each, index) => ({ ...each, title: `${index + 1}. ${each.title}` }));
}

/** Every figure of a document, in the order of reading. */
export function figuresOf({ opening, sections }: ReportDocument): FigureBlock[] {
  const inside = (block: Block): FigureBlock[] => {
    if (block.kind === 'figure') return [block];
    return 'body' in block ? block.body.flatMap(inside) : [];
  };
  return [...blocks(opening.figure), ...sections.flatMap(({ body }) => body)].flatMap(inside);
}
