import { TextFormatError } from './text-format-error.js';
import type { Token } from './tokenizer.js';

/** Walks over the tokens of one text. Its errors point at the token that was not expected. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get current(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Error('read past the end token');
    return token;
  }

  fail(what: string): never {
    throw new TextFormatError(this.current.line, this.current.column, what);
  }

  next(): Token {
    const token = this.current;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  /** Takes the symbol if it comes next. */
  tryTake(symbol: string): boolean {
    if (this.current.kind !== 'symbol' || this.current.text !== symbol) return false;
    this.next();
    return true;
  }

  take(symbol: string): void {
    if (!this.tryTake(symbol)) this.fail(`Expected "${symbol}", found "${this.current.text}".`);
  }

  takeKind(kind: 'identifier' | 'number' | 'string', name: string): Token {
    if (this.current.kind !== kind) this.fail(`Expected ${name}, got: ${this.current.text}`);
    return this.next();
  }
}
