/** Bytes done so far; `total` where it is known. */
export type ByteProgress = (doneBytes: number, totalBytes: number | undefined) => void;

const MEGABYTE = 1e6;

/** `pip download 120 / 274 MB`. */
export function bytesText(what: string, doneBytes: number, totalBytes: number | undefined): string {
  const done = Math.round(doneBytes / MEGABYTE);
  return totalBytes === undefined ? `${what} ${done} MB` : `${what} ${done} / ${Math.round(totalBytes / MEGABYTE)} MB`;
}

/** Tells how far a download is: the text for the bytes here so far, with the time left at the rate of this run. */
export function downloadText(what: string, totalBytes: number): (doneBytes: number) => string {
  let start: { readonly atMs: number; readonly bytes: number } | undefined;
  return (doneBytes) => {
    const now = performance.now();
    start ??= { atMs: now, bytes: doneBytes };
    const leftS = ((now - start.atMs) / 1000 / (doneBytes - start.bytes)) * (totalBytes - doneBytes);
    const text = bytesText(what, doneBytes, totalBytes);
    return Number.isFinite(leftS) ? `${text}, about ${Math.ceil(leftS)} s left` : text;
  };
}

/** Between two lines of progress: redrawn in place, or written one below the other. */
const REDRAW_MS = 100;
const WRITE_MS = 10_000;

/** Passes on the first text, then one at a time as often as a person can read them. */
export function throttled(interactive: boolean, show: (text: string) => void): (text: string) => void {
  const everyMs = interactive ? REDRAW_MS : WRITE_MS;
  let last = -Infinity;
  return (text) => {
    const now = performance.now();
    if (now - last < everyMs) return;
    last = now;
    show(text);
  };
}
