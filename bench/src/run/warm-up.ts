import { runLoad, type Generator, type Target } from '../load/index.js';
import type { Condition, Profile } from '../record/index.js';
import type { GoldenSet } from '../requests/index.js';
import { loadRequests } from './drive.js';

/** Servers of JavaScript and Python get faster for thousands of requests (method rule 6). */
const ENOUGH_REQUESTS = 10_000;
/** As long as one window is faster than the one before by more than this, the server still warms up. */
const RISE = 0.05;
const WINDOW_MS = 500;
const CLIENTS = 8;
const TIMEOUT_MS = 10_000;
/** Of patience with a request that waits for those of all clients. */
const TURNS = 4;
/** A slow model would take for ever to see ten thousand requests. */
export const LONGEST_WARM_UP_MS: Readonly<Record<Profile, number>> = { quick: 2000, standard: 1250, thorough: 10_000 };

export interface WarmUp {
  readonly requests: number;
  readonly seconds: number;
  /** False when it was ended although the last window was still faster than the one before. */
  readonly isSteady: boolean;
}

/** A server, and what is needed to ask it. */
interface Asked {
  readonly generator: Generator;
  readonly target: Target;
  readonly golden: GoldenSet;
  readonly request: Pick<Condition, 'batch' | 'payload'>;
  /** How long one takes, about; 0: not known, and short. */
  readonly requestMs: number;
  readonly signal: AbortSignal;
}

/**
 * Loads a server that has just started until it has stopped getting faster: ten thousand requests and no rise between the last
 * two windows, or `longestMs`, in which so many clients ask as get an answer.
 * None of it is in the samples. Failures are the first trial's to find.
 */
export async function warmUpServer(asked: Asked, longestMs: number): Promise<WarmUp> {
  const startedAt = performance.now();
  const tookMs = (): number => performance.now() - startedAt;
  const clients = Math.max(1, Math.min(CLIENTS, Math.floor(longestMs / asked.requestMs)));
  let [requests, before, isSteady] = [0, 0, false];
  // A window ends with its last answer.
  while (tookMs() < longestMs && !(isSteady && requests >= ENOUGH_REQUESTS) && !asked.signal.aborted) {
    const samples = await load(asked, clients, WINDOW_MS);
    requests += samples;
    isSteady = samples <= before * (1 + RISE);
    before = samples;
  }
  return { requests, seconds: tookMs() / 1e3, isSteady };
}

/** One request, or as many as the first millisecond takes. Failures are the first trial's to find. */
export async function askOnce(asked: Asked): Promise<void> {
  await load(asked, 1, 1);
}

/** How many requests a closed loop sends in a window. */
async function load(
  { generator, target, golden, request, requestMs, signal }: Asked,
  concurrency: number,
  durationMs: number,
): Promise<number> {
  const loading = {
    name: 'warm-up',
    target,
    requests: loadRequests([golden], request),
    load: { kind: 'closed', concurrency },
    warmupMs: 0,
    durationMs,
    timeoutMs: Math.max(TIMEOUT_MS, TURNS * concurrency * requestMs),
  } as const;
  return (await runLoad(generator, loading, { signal })).samples;
}

/** `10240 requests in 2.0 s` */
export function warmUpWords({ requests, seconds, isSteady }: WarmUp): string {
  const rising = isSteady ? '' : ' (still getting faster)';
  return `${requests} requests in ${seconds.toFixed(1)} s${rising}`;
}
