/** Answers that wait for judgement may hold this many bytes; beyond, they are judged at once, late or not. */
const HELD_BYTES = 32 * 1024 * 1024;

/** Work put off until the event loop has nothing more urgent: reading an answer must not delay sending the next request. */
export interface JudgeQueue {
  push(bytes: number, work: () => void): void;
  /** Does all that is left. */
  finish(): void;
}

export function createJudgeQueue(): JudgeQueue {
  const works: { readonly bytes: number; readonly work: () => void }[] = [];
  let held = 0;
  let planned = false;

  function doOne(): void {
    const next = works.shift();
    if (next === undefined) return;
    held -= next.bytes;
    next.work();
  }
  function later(): void {
    planned = false;
    doOne();
    plan();
  }
  function plan(): void {
    if (planned || works.length === 0) return;
    planned = true;
    setImmediate(later);
  }
  return {
    push(bytes, work) {
      works.push({ bytes, work });
      held += bytes;
      while (held > HELD_BYTES) doOne();
      plan();
    },
    finish() {
      while (works.length > 0) doOne();
    },
  };
}
