import { printable } from '../format/printable.js';

/** Text that is HTML already. Only `markup` and `trusted` make it, so what comes from anywhere is escaped by default. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Part = Markup | string | number | undefined | false | readonly Part[];

/**
 * Template tag: values are escaped, other markup is kept, lists are joined, undefined and false are nothing. It is not called `html`, as
 * Prettier formats what is in such templates, and white space in the page would change with it.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(
    strings.reduce(
      (made, string, index) => `${made}${string}${index < values.length ? written(values[index]) : ''}`,
      '',
    ),
  );
}

/** For text whose maker has escaped it: the pictures, the style sheet, the script. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function written(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return part.map(written).join('');
}
