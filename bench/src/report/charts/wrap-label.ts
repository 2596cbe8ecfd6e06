import { estimateTextWidth } from './theme.js';

/** Breaks a label into lines of at most `limit` characters: at spaces where it can, inside a word where that is longer. */
export function wrapLabel(text: string, limit: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).flatMap((each) => pieces(each, limit))) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= limit) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** In pixels. */
export function widestLine(labels: readonly (readonly string[])[]): number {
  return Math.max(0, ...labels.flat().map(estimateTextWidth));
}

function pieces(word: string, limit: number): string[] {
  return word.match(new RegExp(`.{1,${limit}}`, 'gsu')) ?? [];
}
