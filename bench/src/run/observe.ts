import { join } from 'node:path';
import { whatIsWrong, type RunningInstance } from '../contestants/index.js';
import { pairSeeds } from '../load/index.js';
import { UnwritableError } from '../run-folder/index.js';
import { absentFrom, usualPayload } from '../record/index.js';
import { OK, readSamples, type SampleTable } from '../samples/index.js';
import type { Admission } from './admission.js';
import { whyNoAnswer } from './ask.js';
import { drive } from './drive.js';
import { GoneError, type ObserveContext, type ObservedLoad } from './observe-context.js';
import type { PlanClock } from './plan-clock.js';
import { stopped, type Run } from './run.js';
import { freeName } from './trial.js';
import { messageOf } from '../words/message-of.js';

/** Any server is through with the backlog of an overload by then; one that hangs costs an observation so long, once. */
export const ANSWER_LIMIT_MS = 30_000;

/** Lets each experiment observe what is not a matter of cells; an observation that fails is NOT TESTED, with its reason. */
export async function observe(run: Run, admission: Admission, clock: PlanClock): Promise<void> {
  const { keeper, fleet, progress } = run;
  for (const id of keeper.record.plan.experiments) {
    const observation = run.observations[id];
    if (stopped(run) || observation === undefined || id in keeper.record.observations) continue;
    progress.now(`${clock.text()}: observing ${id}`);
    try {
      const seen = await observation.observe(contextFor(id, run, admission, clock));
      if (!stopped(run)) await keeper.save({ observations: { ...keeper.record.observations, [id]: seen } });
    } catch (error) {
      if (error instanceof UnwritableError) throw error;
      if (stopped(run)) break;
      const reason = messageOf(error);
      progress.say(`${id} could not be observed: ${reason}`);
      await keeper.leaveOut({ subject: id, reason, during: 'observation' });
    } finally {
      clock.passedMs(observation.expectedMs(keeper.record.plan.profile, keeper.record.own));
      await fleet.keepOnly([]);
    }
  }
}

function contextFor(experiment: string, run: Run, admission: Admission, clock: PlanClock): ObserveContext {
  const { keeper, fleet, progress } = run;
  const leaveOut = async (contestant: string, reason: string): Promise<void> => {
    // Ctrl-C reaches the servers too.
    if (stopped(run)) return;
    progress.say(`${experiment} goes on without ${contestant}: ${reason}`);
    await keeper.leaveOut({ subject: absentFrom(experiment, contestant), reason, during: 'observation' });
  };
  const look = async (instance: RunningInstance, { length, outcome }: SampleTable): Promise<void> => {
    const { contestant, launch } = instance;
    const golden = await run.zoo.golden(launch.model, launch.modelVersion);
    const request = { batch: 1, payload: usualPayload(contestant.protocol) };
    const wrong =
      length > 0 && outcome.every((each) => each === OK)
        ? await whatIsWrong(instance)
        : await whyNoAnswer(instance, golden, request, run.answerLimitMs, run.signal);
    if (wrong === undefined || stopped(run)) return;
    await keeper.note(contestant.id, `${wrong}; ${experiment} goes on without it`);
    await leaveOut(contestant.id, wrong);
    throw new GoneError(wrong);
  };
  return {
    profile: keeper.record.plan.profile,
    subject: run.subject,
    contestants: run.contestants,
    instance: async (contestant, { model, modelVersion, modelBasePath, factors = {} }) => {
      const launch = {
        model,
        modelVersion: modelVersion ?? run.zoo.models.get(model)?.version ?? 1,
        modelBasePath: modelBasePath ?? run.zoo.basePath(model),
        factors,
      };
      return await admission.admit(contestant, launch, undefined, undefined, absentFrom(experiment, contestant));
    },
    restart: ({ contestant, launch }) => fleet.restart(contestant.id, launch),
    stopServers: () => fleet.keepOnly([]),
    leaveOut,
    zoo: run.zoo,
    load: async ({ name, block, loop, schedule, golden, hooks, served, ...load }: ObservedLoad) => {
      const trial = `${experiment}/${name}`;
      const samplesFile = freeName(join(run.folder.samples, trial.replaceAll(/[^\w.-]/g, '_')));
      const seeds = pairSeeds(keeper.record.plan.seeds, experiment, block);
      const { contestant, launch } = load.instance;
      const outcome = await drive(
        {
          ...load,
          generator: run.generator,
          trial,
          cell: trial,
          golden: golden ?? [await run.zoo.golden(launch.model, launch.modelVersion)],
          seeds,
          samplesFile,
          condition: { loop, batch: 1, payload: usualPayload(contestant.protocol) },
          schedule: schedule?.(seeds.arrivals),
        },
        { ...hooks, signal: run.signal },
      );
      const { table } = await readSamples(samplesFile);
      if (!stopped(run)) await look((await served?.()) ?? load.instance, table);
      return { outcome, samples: table };
    },
    signal: run.signal,
    now: (text) => {
      progress.now(`${clock.text()}: ${experiment}: ${text}`);
    },
  };
}
