import type { Verdict } from '../../record/index.js';

export type Tone = 'good' | 'bad' | 'warn' | 'muted';

/** A piece of running text. Plain strings come from anywhere: each renderer escapes them in one place. */
export type Inline =
  | string
  | { readonly as: 'strong' | 'code' | 'muted' | 'mark'; readonly text: string }
  /** `to` is `#anchor` in the same document or a file beside it. */
  | { readonly as: 'link'; readonly text: string; readonly to: string }
  /** `count`: how many claims have it. */
  | { readonly as: 'verdict'; readonly verdict: Verdict; readonly standin: boolean; readonly count?: number }
  /** A ratio with its interval as a small picture; Markdown leaves it out, the words beside it say the same. */
  | {
      readonly as: 'interval';
      readonly value: number;
      readonly low: number;
      readonly high: number;
      readonly reach: number;
    }
  | { readonly as: 'break' };

/** What is false or undefined is no text. */
export type Text = Inline | false | undefined | readonly Text[];

export const BREAK: Inline = { as: 'break' };

function styled(as: 'strong' | 'code' | 'muted' | 'mark'): (text: string) => Inline {
  return (text) => ({ as, text });
}

export const strong = styled('strong');
export const code = styled('code');
export const muted = styled('muted');
export const mark = styled('mark');

export function link(text: string, to: string): Inline {
  return { as: 'link', text, to };
}

export function inlines(text: Text): readonly Inline[] {
  if (text === false || text === undefined) return [];
  if (typeof text === 'string' || 'as' in text) return [text];
  return text.flatMap(inlines);
}

/** The text alone, for alternatives and tests of width. */
export function plainText(text: Text): string {
  return inlines(text)
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      if (piece.as === 'verdict') return verdictWords(piece.verdict, piece.standin);
      if (piece.as === 'break') return ' ';
      return piece.as === 'interval' ? '' : piece.text;
    })
    .join('');
}

/** A stand-in never decides a claim about TensorFlow Serving, and the table says why (method rule 20). */
export function verdictWords(verdict: Verdict, standin: boolean): string {
  return standin ? `${verdict} (stand-in)` : verdict;
}
