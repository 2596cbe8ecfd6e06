const MOST_LINES = 4;

/** Breaks a label at spaces into lines of about `limit` characters; at most four, the last one cut with an ellipsis. */
export function wrapLabel(text: string, limit: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > limit && line !== '') {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  lines.push(line);
  const kept = lines.slice(0, MOST_LINES).map((each) => cut(each, limit + 6));
  const last = kept[MOST_LINES - 1];
  if (lines.length > MOST_LINES && last !== undefined) kept[MOST_LINES - 1] = cut(`${last} …`, limit + 6);
  return kept;
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
