import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputOrder, scheduleArrivals, startGenerator, type Generator, type TrialSpec } from '../load/index.js';
import type { Loop } from '../record/index.js';
import { floatTensor } from '../requests/index.js';
import { readSamples } from '../samples/index.js';
import { percentileNs, sortLatencies } from '../stats/index.js';
import { startKnownDelayServer, type KnownDelayServer } from './start-known-delay-server.js';
import { trueClosedLoop, trueOpenLoop, type Stall } from './truth.js';

export interface SelfcheckOptions {
  readonly delaysMs: readonly number[];
  /** Length of the stall that half of the rows have. */
  readonly stallMs: number;
  readonly ratePerS: number;
  readonly concurrency: number;
  readonly durationMs: number;
  readonly seed: number;
}

/** What the server of known delay answers. */
const ANSWER = { name: 'output', tensor: floatTensor(Float32Array.of(1, 2, 3), [1, 3]) };

/** 1000 requests in a row's open loop: enough to certify p99 (method rule 9), in about 75 s for all rows. */
export const SELFCHECK_DEFAULTS: SelfcheckOptions = {
  delaysMs: [1, 5, 50],
  stallMs: 1400,
  ratePerS: 200,
  concurrency: 4,
  durationMs: 5000,
  seed: 1,
};

/** How far a corrected p99 may be from the truth. */
export const P99_TOLERANCE = 0.05;

/** What was asked of the generator and what it found. Milliseconds. */
export interface SelfcheckRow {
  readonly loop: Loop['kind'];
  readonly delayMs: number;
  readonly stalled: boolean;
  readonly samples: number;
  /** The server's own median, from its log. */
  readonly serverP50Ms: number;
  readonly serviceP50Ms: number;
  readonly trueP99Ms: number;
  /** Of the response times, counted from the intended instants (method rule 3). */
  readonly responseP99Ms: number;
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
  readonly cpuShare: number;
  /** Open loop with a stall: whether p99 is within 5% of the truth. Undefined for the other rows, which are for comparison. */
  readonly passed: boolean | undefined;
}

/** Drives servers of known delay and compares (method rule 5). Calls `onRow` as each row is ready. */
export async function runSelfcheck(
  options: SelfcheckOptions,
  onRow: (row: SelfcheckRow) => void,
): Promise<readonly SelfcheckRow[]> {
  const rows: SelfcheckRow[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'selfcheck-'));
  await using generator = await startGenerator();
  try {
    for (const delayMs of options.delaysMs) {
      await using server = await startKnownDelayServer(delayMs);
      for (const loop of ['closed', 'open'] as const) {
        for (const stalled of [false, true]) {
          const row = await runRow(
            { ...options, loop, delayMs, stalled, samplesFile: join(folder, `${rows.length}`) },
            generator,
            server,
          );
          rows.push(row);
          onRow(row);
        }
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return rows;
}

type RowOptions = SelfcheckOptions & {
  readonly loop: Loop['kind'];
  readonly delayMs: number;
  readonly stalled: boolean;
  readonly samplesFile: string;
};

async function runRow(options: RowOptions, generator: Generator, server: KnownDelayServer): Promise<SelfcheckRow> {
  const { loop, delayMs, stalled, stallMs, durationMs, ratePerS, concurrency, seed } = options;
  const schedule = scheduleArrivals({ kind: 'poisson', ratePerS, durationMs, seed });
  let stalling: Promise<Stall> | undefined;
  const outcome = await generator.runTrial(trialSpec(options, schedule, server.origin), {
    onWindowStart: () => {
      if (stalled) stalling = server.stall(durationMs * 0.4, stallMs);
    },
  });
  if (outcome.failures.length > 0) throw new Error(`the self-check's server failed: ${outcome.failures.join('; ')}`);
  const { table } = await readSamples(options.samplesFile);
  const [, , inferenceUs] = table.serverTimingUs;
  const serverP50Ms = percentileNs(sortLatencies(Float64Array.from(inferenceUs)), 0.5) / 1e3;
  const stood = await stalling;
  const stall = stood && {
    fromNs: stood.fromNs - outcome.startedAtNs,
    untilNs: stood.untilNs - outcome.startedAtNs,
  };
  const truth =
    loop === 'open'
      ? trueOpenLoop(schedule, serverP50Ms * 1e6, stall)
      : trueClosedLoop(concurrency, durationMs, serverP50Ms * 1e6, stall);
  const trueP99Ms = percentileNs(sortLatencies(truth), 0.99) / 1e6;
  const response = table.doneAtNs.map((doneAtNs, row) => doneAtNs - (table.intendedAtNs[row] ?? Number.NaN));
  const service = table.doneAtNs.map((doneAtNs, row) => doneAtNs - (table.sentAtNs[row] ?? Number.NaN));
  const responseP99Ms = percentileNs(sortLatencies(response), 0.99) / 1e6;
  return {
    loop,
    delayMs,
    stalled,
    samples: table.length,
    serverP50Ms,
    serviceP50Ms: percentileNs(sortLatencies(service), 0.5) / 1e6,
    trueP99Ms,
    responseP99Ms,
    lagP50Ms: outcome.generator.lagP50Ms,
    lagP99Ms: outcome.generator.lagP99Ms,
    cpuShare: outcome.generator.cpuShare,
    passed: loop === 'open' && stalled ? Math.abs(responseP99Ms / trueP99Ms - 1) <= P99_TOLERANCE : undefined,
  };
}

function trialSpec(options: RowOptions, schedule: Float64Array, origin: string): TrialSpec {
  const { loop, durationMs, concurrency, samplesFile } = options;
  return {
    trial: samplesFile,
    cell: 'selfcheck',
    contestant: 'known-delay-server',
    target: { kind: 'rest', origin, path: '/' },
    requests: [{ body: Buffer.from('{"instances":[[0]]}'), expected: [{ version: 0, outputs: [ANSWER] }] }],
    load: loop === 'closed' ? { kind: 'closed', concurrency } : { kind: 'open', schedule },
    order: inputOrder(1, 1, 1),
    warmupMs: 500,
    durationMs,
    timeoutMs: 30_000,
    samplesFile,
  };
}
