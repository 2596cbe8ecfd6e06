/** Bytes done so far; `total` where it is known. */
export type ByteProgress = (doneBytes: number, totalBytes: number | undefined) => void;

const MEGABYTE = 1e6;

/** `pip download 120 / 274 MB`. */
export function bytesText(what: string, doneBytes: number, totalBytes: number | undefined): string {
  const done = Math.round(doneBytes / MEGABYTE);
  return totalBytes === undefined ? `${what} ${done} MB` : `${what} ${done} / ${Math.round(totalBytes / MEGABYTE)} MB`;
}
