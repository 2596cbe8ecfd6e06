import { runLoad, scheduleArrivals, startGenerator, type Generator } from '../load/index.js';
import type { Loop } from '../record/index.js';
import { floatTensor } from '../requests/index.js';
import { latenciesOf, percentileNs, sortLatencies } from '../stats/index.js';
import { startKnownDelayServer, type KnownDelayServer } from './start-known-delay-server.js';
import { trueClosedLoop, trueOpenLoop, type Stall } from './truth.js';

/** What the server of known delay answers. */
const ANSWER = { name: 'output', tensor: floatTensor(Float32Array.of(1, 2, 3), [1, 3]) };

/** 1000 requests in a row's open loop: enough to certify p99 (method rule 9), in about 75 s for all rows. */
export const SELFCHECK_DEFAULTS = {
  delaysMs: [1, 5, 50],
  /** Length of the stall that half of the rows have. */
  stallMs: 1400,
  ratePerS: 200,
  concurrency: 4,
  durationMs: 5000,
  seed: 1,
};
export type SelfcheckOptions = Readonly<typeof SELFCHECK_DEFAULTS>;

/** How far a corrected p99 may be from the truth. */
export const P99_TOLERANCE = 0.05;

/** What was asked of the generator and what it found. Milliseconds. */
export type SelfcheckRow = Awaited<ReturnType<typeof runRow>>;

/** Drives servers of known delay and compares (method rule 5). Calls `onRow` as each row is ready. */
export async function runSelfcheck(
  options: SelfcheckOptions,
  onRow: (row: SelfcheckRow) => void,
): Promise<readonly SelfcheckRow[]> {
  const rows: SelfcheckRow[] = [];
  await using generator = await startGenerator();
  for (const delayMs of options.delaysMs) {
    await using server = await startKnownDelayServer(delayMs);
    for (const loop of ['closed', 'open'] as const) {
      for (const stalled of [false, true]) {
        const row = await runRow({ ...options, loop, delayMs, stalled }, generator, server);
        rows.push(row);
        onRow(row);
      }
    }
  }
  return rows;
}

type RowOptions = SelfcheckOptions & {
  readonly loop: Loop['kind'];
  readonly delayMs: number;
  readonly stalled: boolean;
};

async function runRow(options: RowOptions, generator: Generator, server: KnownDelayServer) {
  const { loop, delayMs, stalled, stallMs, durationMs, ratePerS, concurrency, seed } = options;
  const schedule = scheduleArrivals({ kind: 'poisson', ratePerS, durationMs, seed });
  let stalling: Promise<Stall> | undefined;
  const loading = {
    name: 'selfcheck',
    target: { kind: 'rest', address: server.address, path: '/' },
    requests: [{ body: Buffer.from('{"instances":[[0]]}'), expected: [{ version: 0, outputs: [ANSWER] }] }],
    load: loop === 'closed' ? { kind: loop, concurrency } : { kind: loop, schedule },
    warmupMs: 500,
    durationMs,
  } as const;
  const { table, ...outcome } = await runLoad(generator, loading, {
    onWindowStart: () => {
      if (stalled) stalling = server.stall(durationMs * 0.4, stallMs);
    },
  });
  if (outcome.failures.length > 0) throw new Error(`the self-check's server failed: ${outcome.failures.join('; ')}`);
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
  const responseP99Ms = percentileNs(latenciesOf([table], 'response'), 0.99) / 1e6;
  return {
    loop,
    delayMs,
    stalled,
    samples: table.length,
    /** The server's own median, from its Server-Timing. */
    serverP50Ms,
    serviceP50Ms: percentileNs(latenciesOf([table], 'service'), 0.5) / 1e6,
    trueP99Ms,
    /** Of the response times, counted from the intended instants (method rule 3). */
    responseP99Ms,
    ...outcome.generator,
    /** Open loop with a stall: whether p99 is within 5% of the truth. Undefined for the other rows, which are for comparison. */
    passed: loop === 'open' && stalled ? Math.abs(responseP99Ms / trueP99Ms - 1) <= P99_TOLERANCE : undefined,
  };
}
