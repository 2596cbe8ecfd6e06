import { StatusError } from '../status-error.js';
import { CODE } from '@serving-study/http2';
import type { Http2Stream } from './http2/index.js';

/** Node's timers take no more; nobody waits 25 days for a call. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/**
 * How much later than its run a call ends: both have the same deadline, a run stops some milliseconds after it, and what
 * TensorFlow says then is the text recorded in grpc.deadline.001.
 */
const GRACE_MS = 20;

/**
 * Calls `expire` if the call is still open at its deadline, whatever its handler does: that goes on, and keeps its thread.
 * Sets no timer for a call without a deadline.
 */
export function atDeadline(stream: Http2Stream, timeoutMs: number | undefined, expire: () => void): void {
  if (timeoutMs === undefined || timeoutMs > LONGEST_TIMER_MS - GRACE_MS) return;
  let timer = setTimeout(() => {
    expire();
    // A client that does not read what it got before cannot be told a status.
    timer = setTimeout(() => {
      stream.reset(CODE.cancel);
    }, GRACE_MS);
  }, timeoutMs + GRACE_MS);
  stream.whenClosed(() => {
    clearTimeout(timer);
  });
}

/** What a call gets whose deadline has passed. */
export function deadlineExceeded(): StatusError {
  return new StatusError('DEADLINE_EXCEEDED', 'Deadline Exceeded');
}
