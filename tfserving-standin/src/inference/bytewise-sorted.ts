/** Sorted by UTF-8 bytes, as std::set<std::string> is: JavaScript's own order differs above U+FFFF. */
export function bytewiseSorted(texts: Iterable<string>): string[] {
  return [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
