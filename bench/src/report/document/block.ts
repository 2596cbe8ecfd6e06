import type { Drawing } from '../charts/drawing.js';
import type { Text, Tone } from './inline.js';

export interface TableCell {
  readonly text: Text;
  /** What sorting compares; absent: the text. */
  readonly sort?: number;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly caption: string;
  /** `of`: the contestant whose column or row it is. The page can hide those of a contestant and of a question. */
  readonly columns: readonly { readonly name: string; readonly numeric: boolean; readonly of?: string | undefined }[];
  readonly rows: readonly {
    readonly cells: readonly TableCell[];
    readonly tone?: Tone | undefined;
    readonly of?: string | undefined;
    readonly question?: string | undefined;
  }[];
  readonly note?: string | undefined;
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

/** The report as data: written once, rendered as HTML and as Markdown. */
export type Block =
  | { readonly kind: 'heading'; readonly id: string; readonly text: string; readonly level: 3 | 4 }
  | { readonly kind: 'paragraph'; readonly text: Text }
  /** A label and its text, as in "Question: ...". */
  | { readonly kind: 'labelled'; readonly label: string; readonly text: Text }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  | { readonly kind: 'facts'; readonly facts: readonly { readonly name: string; readonly value: Text }[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'callout'; readonly tone: Tone; readonly title: string; readonly body: readonly Block[] }
  | { readonly kind: 'details'; readonly summary: string; readonly body: readonly Block[] }
  /** What belongs to one question (experiment). */
  | { readonly kind: 'chapter'; readonly question: string; readonly body: readonly Block[] }
  | TableBlock
  | FigureBlock;

export interface Section {
  readonly id: string;
  readonly title: string;
  /** Shorter, for the list of sections. */
  readonly short: string;
  readonly body: readonly Block[];
  /** Marks a section whose figures are the stand-in's. */
  readonly standin?: boolean;
}

/** The first screen. */
export interface Opening {
  readonly banner?: { readonly title: string; readonly text: Text };
  readonly answer: readonly Text[];
  readonly light?: {
    readonly tone: Tone;
    readonly word: string;
    readonly title: string;
    readonly points: readonly Text[];
  };
  readonly verdicts?: {
    readonly id: string;
    readonly title: string;
    readonly tally: Text;
    readonly table: TableBlock;
    /** What was not asked in this run, folded away. */
    readonly leftOut?: Block;
  };
  readonly figure?: FigureBlock;
  readonly facts: readonly { readonly name: string; readonly value: Text }[];
}

export interface ReportDocument {
  readonly title: string;
  readonly subtitle: string;
  readonly opening: Opening;
  readonly sections: readonly Section[];
  /** What the reader may show and hide. */
  readonly choices?: { readonly contestants: readonly Choice[]; readonly questions: readonly Choice[] };
}

export interface Choice {
  readonly id: string;
  readonly label: string;
}

/** Every figure of a document, in the order of reading. */
export function figuresOf(document: ReportDocument): FigureBlock[] {
  const opening = document.opening.figure === undefined ? [] : [document.opening.figure];
  return [...opening, ...document.sections.flatMap(({ body }) => figuresIn(body))];
}

function figuresIn(blocks: readonly Block[]): FigureBlock[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'figure') return [block];
    return 'body' in block ? figuresIn(block.body) : [];
  });
}
