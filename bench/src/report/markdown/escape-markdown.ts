/** Text that reads the same after Markdown: nothing in it becomes markup, a link or a second line. */
export function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/[\\`*_[\]|~#]/g, (character) => `\\${character}`)
      // A bare address or a mention would become a link.
      .replace(/:\/\//g, ':\u200B//')
      .replace(/@(?=\w)/g, '@\u200B')
      .replace(/\bwww\./gi, (found) => `${found.slice(0, 3)}\u200B.`)
      .replace(/^(\s*)([-+])(?=\s)/, '$1\\$2')
      .replace(/^(\s*\d+)([.)])(?=\s)/, '$1\\$2')
  );
}

/** Text between backticks, with as many as it needs. */
export function codeSpan(text: string): string {
  const plain = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replaceAll('|', '\\|');
  const runs = plain.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1);
  return plain.includes('`') ? `${fence} ${plain} ${fence}` : `${fence}${plain}${fence}`;
}
