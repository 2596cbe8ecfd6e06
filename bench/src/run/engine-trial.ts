import type { EngineRunner, RunningInstance } from '../contestants/index.js';
import type { TrialHooks, TrialOutcome } from '../load/index.js';
import type { Condition, Sample } from '../record/index.js';
import type { GoldenSet } from '../requests/index.js';
import { openSamplesWriter } from '../samples/index.js';
import { wrongRuns } from './ask.js';

/** What a trial of any contestant takes. */
export interface EngineTrial {
  readonly trial: string;
  readonly cell: string;
  readonly instance: RunningInstance;
  readonly condition: Pick<Condition, 'loop' | 'batch' | 'payload'>;
  /** Predictions of every version that may rightly answer, the same cases in the same order. */
  readonly golden: readonly [GoldenSet, ...GoldenSet[]];
  readonly warmupMs: number;
  readonly durationMs: number;
  /** After how long a request is given up. */
  readonly timeoutMs: number;
  readonly samplesFile: string;
}

/** A trial of the bare engine (method rule 16): its process keeps the time, its runs become samples like any other. */
export async function runEngineTrial(
  runner: EngineRunner,
  options: EngineTrial,
  hooks: TrialHooks,
): Promise<TrialOutcome> {
  const { condition, golden, warmupMs, durationMs, timeoutMs, samplesFile } = options;
  const { loop } = condition;
  if (loop.kind !== 'closed') throw new Error('the bare engine has no arrivals: only a closed loop can be asked of it');
  const now = (): { startedAt: string; startedAtNs: number } => ({
    startedAt: new Date().toISOString(),
    startedAtNs: Number(process.hrtime.bigint()),
  });
  let start = now();
  const [{ signature }] = golden;
  const requests = golden[0].prepare(condition);
  const inputs = requests.map((request) => request.inputs);
  const measured = await runner.run(
    { signature, concurrency: loop.concurrency, warmupMs, durationMs, timeoutMs, inputs },
    {
      onWindowStart: () => {
        start = now();
        hooks.onWindowStart?.(start);
      },
      onWindowEnd: () => hooks.onWindowEnd?.(),
    },
  );
  const wrong = wrongRuns(measured, requests);
  const { trial, cell, instance } = options;
  const writer = openSamplesWriter(samplesFile, { trial, cell, contestant: instance.contestant.id });
  measured.sentAtNs.forEach((sentAtNs, index) => {
    writer.append(
      engineSample(sentAtNs, measured.doneAtNs[index] ?? Number.NaN, measured.input[index] ?? 0, wrong > 0),
    );
  });
  writer.close();
  return {
    ...start,
    durationMs,
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
