import type { EngineRunner } from '../contestants/index.js';
import type { TrialHooks, TrialOutcome } from '../load/index.js';
import type { Condition, Sample } from '../record/index.js';
import type { PreparedRequest } from '../requests/index.js';
import { openSamplesWriter } from '../samples/index.js';
import { wrongRuns } from './ask.js';

export interface EngineTrial {
  readonly trial: string;
  readonly cell: string;
  readonly contestant: string;
  readonly runner: EngineRunner;
  readonly signature: string;
  readonly requests: readonly PreparedRequest[];
  readonly condition: Condition;
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly samplesFile: string;
}

/** A trial of the bare engine (method rule 16): its process keeps the time, its runs become samples like any other. */
export async function runEngineTrial(order: EngineTrial, hooks: TrialHooks): Promise<TrialOutcome> {
  const { loop } = order.condition;
  if (loop.kind !== 'closed') throw new Error('the bare engine has no arrivals: only a closed loop can be asked of it');
  const now = (): { startedAt: string; startedAtNs: number } => ({
    startedAt: new Date().toISOString(),
    startedAtNs: Number(process.hrtime.bigint()),
  });
  let start = now();
  const measured = await order.runner.run(
    {
      signature: order.signature,
      concurrency: loop.concurrency,
      warmupMs: order.warmupMs,
      durationMs: order.durationMs,
      inputs: order.requests.map(({ inputs }) => inputs),
    },
    {
      onWindowStart: () => {
        start = now();
        hooks.onWindowStart?.(start);
      },
      onWindowEnd: () => hooks.onWindowEnd?.(),
    },
  );
  const wrong = wrongRuns(measured, order.requests);
  const writer = openSamplesWriter(order.samplesFile, {
    trial: order.trial,
    cell: order.cell,
    contestant: order.contestant,
  });
  measured.sentAtNs.forEach((sentAtNs, index) => {
    writer.append(
      engineSample(sentAtNs, measured.doneAtNs[index] ?? Number.NaN, measured.input[index] ?? 0, wrong > 0),
    );
  });
  writer.close();
  return {
    ...start,
    durationMs: order.durationMs,
    samples: measured.sentAtNs.length,
    // The loop is its own generator: there is no schedule to lag behind.
    generator: { lagP50Ms: 0, lagP99Ms: 0, lagMaxMs: 0, cpuShare: 0, dropped: 0 },
    cut: false,
    failures: wrong > 0 ? [`${wrong} runs gave another prediction than expected`] : [],
  };
}

function engineSample(sentAtNs: number, doneAtNs: number, input: number, anyWrong: boolean): Sample {
  const none = Number.NaN;
  return {
    intendedAtNs: sentAtNs,
    sentAtNs,
    firstByteAtNs: doneAtNs,
    doneAtNs,
    // The loop counts wrong predictions without telling which: with one wrong run the whole trial is.
    outcome: anyWrong ? 'wrong-answer' : 'ok',
    code: 0,
    bytesOut: 0,
    bytesIn: 0,
    input,
    version: 0,
    serverTimingUs: [none, none, (doneAtNs - sentAtNs) / 1e3, none, none],
  };
}
