import { join } from 'node:path';
import { temporaryFolder } from '../process/index.js';
import { OK, readSamples } from '../samples/index.js';
import { sortLatencies, type SortedLatencies } from '../stats/index.js';
import type { Generator } from './generator.js';
import type { TrialOutcome } from './trial-outcome.js';
import type { PreparedRequest, Target } from './trial-spec.js';

const TIMEOUT_MS = 30_000;
const LONGER = 4;

/** Requests to one server, as fast as so many workers go. */
export interface ClosedLoop {
  readonly target: Target;
  readonly requests: readonly PreparedRequest[];
  readonly concurrency: number;
  readonly warmupMs: number;
  readonly durationMs: number;
}

export interface ClosedLoopResult extends Pick<TrialOutcome, 'durationMs' | 'generator' | 'failures'> {
  /** Service times, of failed requests too. */
  readonly latencies: SortedLatencies;
  readonly failed: number;
  /** Right answers. */
  readonly requestsPerS: number;
}

/** Runs a closed loop outside a study: for floors, self-checks, and side-by-side measurements. */
export async function runClosedLoop(generator: Generator, loop: ClosedLoop): Promise<ClosedLoopResult> {
  const { target, requests, concurrency, warmupMs, durationMs } = loop;
  await using folder = await temporaryFolder('closed-loop-');
  const samplesFile = join(folder.path, 'samples');
  const name = 'closed-loop';
  const outcome = await generator.runTrial({
    trial: name,
    cell: name,
    contestant: name,
    target,
    requests,
    warmupMs,
    durationMs,
    samplesFile,
    load: { kind: 'closed', concurrency },
    order: Uint32Array.from(requests.keys()),
    timeoutMs: TIMEOUT_MS,
  });
  const { table } = await readSamples(samplesFile);
  const failed = table.outcome.filter((each) => each !== OK).length;
  return {
    ...outcome,
    latencies: sortLatencies(table.doneAtNs.map((doneAtNs, row) => doneAtNs - (table.sentAtNs[row] ?? Number.NaN))),
    failed,
    requestsPerS: ((table.length - failed) * 1e3) / outcome.durationMs,
  };
}

/** The same, in a window that is longer each time until a right answer falls into it: large requests take long on a busy machine. */
export async function runUntilAnswered(generator: Generator, loop: ClosedLoop): Promise<ClosedLoopResult> {
  const result = await runClosedLoop(generator, loop);
  if (result.requestsPerS > 0 || result.failures.length > 0) return result;
  return await runUntilAnswered(generator, { ...loop, durationMs: LONGER * loop.durationMs });
}
