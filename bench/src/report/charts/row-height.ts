const LINE_HEIGHT = 14;

/** Height that rows need for their names, with room between them. */
export function rowHeight(names: readonly (readonly string[])[], atLeast: number): number {
  return Math.max(atLeast, ...names.map((lines) => lines.length * LINE_HEIGHT + 8));
}
