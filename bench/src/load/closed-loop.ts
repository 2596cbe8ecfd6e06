import { join } from 'node:path';
import { temporaryFolder } from '../process/index.js';
import { OK, readSamples, type SampleTable } from '../samples/index.js';
import { sortLatencies, type SortedLatencies } from '../stats/index.js';
import type { Generator, TrialHooks } from './generator.js';
import type { TrialOutcome } from './trial-outcome.js';
import type { TrialSpec } from './trial-spec.js';

const TIMEOUT_MS = 30_000;
const LONGER = 4;

/** Load on one server outside a study: for warm-ups, floors, self-checks, and side-by-side measurements. */
interface Loading extends Pick<TrialSpec, 'target' | 'requests' | 'load' | 'warmupMs' | 'durationMs'> {
  /** For messages. */
  readonly name: string;
  /** Default: half a minute. */
  readonly timeoutMs?: number;
}

/** Runs a trial whose samples nobody keeps. */
export async function runLoad(
  generator: Generator,
  { name, ...loading }: Loading,
  hooks?: TrialHooks,
): Promise<TrialOutcome & { readonly table: SampleTable }> {
  await using folder = await temporaryFolder(`${name}-`);
  const spec = {
    timeoutMs: TIMEOUT_MS,
    ...loading,
    trial: name,
    cell: name,
    contestant: name,
    order: Uint32Array.from(loading.requests.keys()),
    samplesFile: join(folder.path, 'samples'),
  };
  const outcome = await generator.runTrial(spec, hooks);
  const { table } = await readSamples(spec.samplesFile);
  return { ...outcome, table };
}

/** Requests to one server, as fast as so many workers go. */
export interface ClosedLoop extends Omit<Loading, 'name' | 'load'> {
  readonly concurrency: number;
}

export interface ClosedLoopResult extends Pick<TrialOutcome, 'durationMs' | 'generator' | 'failures'> {
  /** Service times, of failed requests too. */
  readonly latencies: SortedLatencies;
  readonly failed: number;
  /** Right answers. */
  readonly requestsPerS: number;
}

export async function runClosedLoop(
  generator: Generator,
  { concurrency, ...loop }: ClosedLoop,
): Promise<ClosedLoopResult> {
  const load = { kind: 'closed', concurrency } as const;
  const { table, ...outcome } = await runLoad(generator, { ...loop, name: 'closed-loop', load });
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
