import { slug } from '../format/slug.js';
import { markup, trusted, type Markup } from './markup.js';

/** The class by which the page's script hides what belongs to a contestant (`of`) or to a question. */
export function hideable(owner: { readonly of?: string | undefined; readonly question?: string | undefined }): string {
  const { of, question } = owner;
  const names = [of !== undefined && `c-${slug(of)}`, question !== undefined && `q-${slug(question)}`];
  return names.filter((name) => name !== false).join(' ');
}

/** A class attribute of the names that are there; nothing without any. */
export function classes(...names: readonly (string | false | undefined)[]): Markup {
  const there = names.filter((name) => name !== undefined && name !== false && name !== '').join(' ');
  return there === '' ? trusted('') : markup` class="${there}"`;
}
