import { printable } from './printable.js';

/** A file's name as a link below the report's folder: never another scheme or host, whatever the file is called. */
export function relativeLink(name: string): string {
  return `./${printable(name).split('/').map(encodeURIComponent).join('/')}`;
}
