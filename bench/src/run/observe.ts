import { join } from 'node:path';
import type { StudyRecord } from '../record/index.js';
import { pairSeeds } from '../load/index.js';
import { readSamples } from '../samples/index.js';
import { drive } from './drive.js';
import { payloadFor } from './ask.js';
import type { ObserveContext, ObservedLoad } from './observe-context.js';
import type { PlanClock } from './plan-clock.js';
import { stopped, type StudyRun } from './study-run.js';

/** Lets each experiment observe what is not a matter of cells; an observation that fails is NOT TESTED, with its reason. */
export async function observe(
  run: StudyRun,
  record: () => StudyRecord,
  save: (change: Partial<StudyRecord>) => Promise<void>,
  clock: PlanClock,
): Promise<void> {
  for (const experiment of run.experiments) {
    if (stopped(run) || experiment.observe === undefined || experiment.id in record().observations) continue;
    run.progress.now(`${clock.text()}: observing ${experiment.id}`);
    try {
      const seen = await experiment.observe(contextFor(experiment.id, run, record(), clock));
      if (!stopped(run)) await save({ observations: { ...record().observations, [experiment.id]: seen } });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      run.progress.say(`${experiment.id} could not be observed: ${reason}`);
      await save({ notTested: [...record().notTested, { subject: experiment.id, reason }] });
    } finally {
      clock.passed(experiment.observeMs?.[record().plan.profile] ?? 0);
      await run.fleet.keepOnly([]);
    }
  }
}

function contextFor(experiment: string, run: StudyRun, record: StudyRecord, clock: PlanClock): ObserveContext {
  let loads = 0;
  return {
    profile: record.plan.profile,
    contestants: run.contestants,
    fleet: run.fleet,
    golden: run.golden,
    modelBasePath: run.modelBasePath,
    load: async (wish: ObservedLoad) => {
      loads += 1;
      const trial = `${experiment}/${wish.name}`;
      // A load that a killed run began may have left a file: samples of two loads are never mixed.
      const samplesFile = join(run.folder.samples, `${trial.replaceAll(/[^\w.-]/g, '_')}-${process.pid}-${loads}.bin`);
      const seeds = pairSeeds(record.plan.seeds, experiment, wish.block);
      const outcome = await drive(
        {
          generator: run.generator,
          instance: wish.instance,
          trial,
          cell: trial,
          condition: { loop: wish.loop, batch: 1, payload: payloadFor(wish.instance) },
          golden: wish.golden,
          seeds,
          ...(wish.schedule === undefined ? {} : { schedule: wish.schedule(seeds.arrivals) }),
          warmupMs: wish.warmupMs,
          durationMs: wish.durationMs,
          timeoutMs: wish.timeoutMs,
          samplesFile,
        },
        { ...wish.hooks, signal: run.signal },
      );
      return { outcome, samples: (await readSamples(samplesFile)).table };
    },
    signal: run.signal,
    now: (text) => {
      run.progress.now(`${clock.text()}: ${experiment}: ${text}`);
    },
  };
}
