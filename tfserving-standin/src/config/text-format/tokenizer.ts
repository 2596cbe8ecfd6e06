import { TextFormatError } from './text-format-error.js';

/** One piece of a text-format protobuf. `end` stands after the last one, with an empty text. */
export interface Token {
  readonly kind: 'identifier' | 'number' | 'string' | 'symbol' | 'end';
  /** As written; for strings with the quotes. */
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

const PATTERNS: readonly (readonly [Token['kind'] | 'blank', RegExp])[] = [
  ['blank', /(?:[ \t\r\n\f\v]+|#[^\n]*)+/y],
  ['identifier', /[A-Za-z_][A-Za-z0-9_]*/y],
  // A letter glued to a number makes it wrong as a whole; the number's own check says so.
  ['number', /(?:\d|\.\d)(?:[eE][+-]|[A-Za-z0-9_.])*/y],
  ['string', /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y],
  ['symbol', /[^]/y],
];

/** Splits a text-format protobuf into its pieces; comments and blanks are dropped. Throws on a string without an end. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  while (at < text.length) {
    const [kind, piece] = pieceAt(text, at);
    const column = at - lineStart + 1;
    if (kind === 'symbol' && (piece === '"' || piece === "'"))
      throw new TextFormatError(line, column, 'String literals cannot cross line boundaries.');
    if (kind !== 'blank') tokens.push({ kind, text: piece, line, column });
    for (let newline = piece.indexOf('\n'); newline >= 0; newline = piece.indexOf('\n', newline + 1)) {
      line += 1;
      lineStart = at + newline + 1;
    }
    at += piece.length;
  }
  tokens.push({ kind: 'end', text: '', line, column: at - lineStart + 1 });
  return tokens;
}

function pieceAt(text: string, at: number): readonly [Token['kind'] | 'blank', string] {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return [kind, match[0]];
  }
  throw new Error('the last pattern matches everything');
}
