/** A value in the JSON mapping of protocol buffers; int64 are strings there. */
export type MessageJson = string | number | boolean | readonly MessageJson[] | { readonly [name: string]: MessageJson };

/**
 * JSON as protocol buffers' own printer lays it out: one space of indentation, `[]` and `{}` on one line, and `<`, `>`
 * and line separators escaped in strings. Non-finite numbers are strings, as the mapping wants.
 */
export function messageJson(value: MessageJson, depth = 0): string {
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (typeof value === 'boolean') return String(value);
  const open = ' '.repeat(depth + 1);
  const close = ' '.repeat(depth);
  if (isList(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => open + messageJson(item, depth + 1)).join(',\n')}\n${close}]`;
  }
  const members = Object.entries(value);
  if (members.length === 0) return '{}';
  const lines = members.map(([name, member]) => `${open}${escaped(name)}: ${messageJson(member, depth + 1)}`);
  return `{\n${lines.join(',\n')}\n${close}}`;
}

function isList(value: MessageJson): value is readonly MessageJson[] {
  return Array.isArray(value);
}

function escaped(text: string): string {
  return JSON.stringify(text).replace(
    /[<>\u007f-\u009f\u00ad\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
