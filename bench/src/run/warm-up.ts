import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningInstance } from '../contestants/index.js';
import type { Generator } from '../load/index.js';
import type { Condition, Profile } from '../record/index.js';
import type { GoldenSet } from '../requests/index.js';
import { drive } from './drive.js';

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
export const LONGEST_WARM_UP_MS: Readonly<Record<Profile, number>> = { quick: 2000, standard: 1500, thorough: 10_000 };

export interface WarmUp {
  readonly requests: number;
  readonly seconds: number;
  /** False when it was ended although the last window was still faster than the one before. */
  readonly isSteady: boolean;
}

/**
 * Loads a server that has just started until it has stopped getting faster: ten thousand requests and no rise between the last
 * two windows, or `longestMs`, in which so many clients ask as get an answer, where a request takes `requestMs`.
 * None of it is in the samples. Failures are the first trial's to find.
 */
export async function warmUpServer(
  generator: Generator,
  instance: RunningInstance,
  condition: Pick<Condition, 'batch' | 'payload'>,
  golden: GoldenSet,
  { longestMs, requestMs }: { readonly longestMs: number; readonly requestMs: number },
  signal: AbortSignal,
): Promise<WarmUp> {
  const startedAt = performance.now();
  const tookMs = (): number => performance.now() - startedAt;
  const concurrency = Math.max(1, Math.min(CLIENTS, Math.floor(longestMs / requestMs)));
  const timeoutMs = Math.max(TIMEOUT_MS, TURNS * concurrency * requestMs);
  const folder = await mkdtemp(join(tmpdir(), 'warm-up-'));
  let [requests, windows, before, isSteady] = [0, 0, 0, false];
  try {
    // A window ends with its last answer.
    while (tookMs() < longestMs && !(isSteady && requests >= ENOUGH_REQUESTS) && !signal.aborted) {
      windows += 1;
      const { samples } = await drive(
        {
          generator,
          instance,
          trial: 'warm-up',
          cell: 'warm-up',
          condition: { ...condition, loop: { kind: 'closed', concurrency } },
          golden: [golden],
          seeds: { arrivals: windows, inputs: windows },
          warmupMs: 0,
          durationMs: WINDOW_MS,
          timeoutMs,
          samplesFile: join(folder, String(windows)),
        },
        { signal },
      );
      requests += samples;
      isSteady = samples <= before * (1 + RISE);
      before = samples;
    }
    return { requests, seconds: tookMs() / 1e3, isSteady };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `10240 requests in 2.0 s` */
export function warmUpWords({ requests, seconds, isSteady }: WarmUp): string {
  const rising = isSteady ? '' : ' (still getting faster)';
  return `${requests} requests in ${seconds.toFixed(1)} s${rising}`;
}
