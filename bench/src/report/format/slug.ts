const LIMIT = 48;

/** A name that is safe as file name, id and link target, whatever the text holds. */
export function slug(text: string): string {
  const made = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, LIMIT)
    .replace(/-+$/, '');
  return made === '' ? 'x' : made;
}
