import { launchOf } from '../contestants/index.js';
import type { StudyRecord } from '../record/index.js';
import { Admission } from './admission.js';
import { runVisit } from './blocks.js';
import { floorsOf } from './floors.js';
import { generatorLags } from './ledger.js';
import { observe } from './observe.js';
import { PlanClock } from './plan-clock.js';
import { stopped, type Run } from './run.js';
import { isDone, visitsOf } from './visits.js';

/** Runs what the plan holds and has not been run yet. The record it returns is the one in study.json. */
export async function runPlan(run: Run): Promise<StudyRecord> {
  const { keeper, fleet } = run;
  const done = new Set((await run.folder.readTrials()).filter(({ cut }) => !cut).map(({ id }) => id));
  await keeper.save({});
  if (keeper.record.floors === undefined && !stopped(run)) await keeper.save({ floors: await floorsOf(run) });
  const { plan } = keeper.record;
  const admission = new Admission(run);
  const clock = new PlanClock(keeper.record, run.observations, done);
  const visits = visitsOf(plan).filter((visit) => !isDone(visit, done));
  let pass = 0;
  for (const [at, visit] of visits.entries()) {
    if (stopped(run)) break;
    if (plan.startsAnew && visit.pass !== pass) await fleet.keepOnly([]);
    pass = visit.pass;
    const staying = plan.startsAnew ? [visit] : [visit, ...visits.slice(at).filter((later) => later.pass > pass)];
    await fleet.keepOnly(
      staying.flatMap(({ cells }) =>
        cells.map(({ condition }) => launchOf(condition, run.zoo.basePath(condition.model))),
      ),
    );
    await runVisit(visit, run, admission, done, clock);
  }
  await observe(run, admission, clock);
  const lags = generatorLags(await run.folder.readTrials(), plan.cells);
  await keeper.save({
    ledger: [...keeper.record.ledger.filter(({ property }) => lags[0]?.property !== property), ...lags],
    endedAt: new Date().toISOString(),
    ...(stopped(run) ? { interrupted: 'stopped by the user before the plan ended' } : {}),
  });
  return keeper.record;
}
