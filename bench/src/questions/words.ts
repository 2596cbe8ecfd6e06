/** `0.51 ms`, `13.2 ms`, `n too small`: three significant digits. */
export function milliseconds(value: number | null): string {
  return value === null ? 'n too small' : `${Number(value.toPrecision(3))} ms`;
}
