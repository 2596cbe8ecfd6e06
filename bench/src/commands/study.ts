import { findServing, startFleet, type Serving } from '../contestants/index.js';
import { setUp } from '../process/index.js';
import { describePlan } from '../run/describe-plan.js';
import { measure } from './measure.js';
import { openSubject } from './open-subject.js';
import { planRun, refuseEmptyPlan, refuseUnknownNames } from './plan-run.js';
import { NOTHING_RUN, report, type Outcome } from './report.js';
import { claimResumed, resumedOptions } from './resume.js';
import type { RunOptions } from './run-options.js';

/** Starts contestants, measures what the plan holds, writes the report. A dry run prints the plan and starts nothing. */
export async function study(typed: RunOptions): Promise<Outcome> {
  await using _ = await claimResumed(typed);
  const { options, record: before } = await resumedOptions(typed);
  const { progress, signal } = options;
  refuseUnknownNames(options);
  if (!options.dryRun) await setUp(signal);
  await using zoo = await openSubject(options, before?.own);
  const planned = await planRun(options, zoo);
  refuseEmptyPlan(planned, 'what is asked for does not go together');
  if (options.dryRun) {
    options.print(describePlan(before?.plan ?? planned.plan, before?.notTested ?? planned.notTested));
    return NOTHING_RUN;
  }
  const serving = await findServing({ ...options.tfserving, signal, onProgress: progress.now });
  sayServing(serving, progress);
  const folder = await measure({
    options,
    before,
    zoo,
    planned,
    source: serving.source,
    openFleet: (logs) => startFleet(serving, logs, progress.now),
  });
  return await report(folder.path, options);
}

function sayServing({ source }: Serving, progress: RunOptions['progress']): void {
  if (source.kind !== 'stand-in') {
    progress.say(`TensorFlow Serving: ${source.kind}, ${source.version}`);
    return;
  }
  progress.say('*'.repeat(88));
  progress.say(`* No TensorFlow Serving here (${source.detail}).`);
  progress.say('* A STAND-IN takes its place: claims about TensorFlow Serving will read NOT TESTED.');
  progress.say('* To test them: --tfserving-url, TFSERVING_BIN, a container engine, or npm run tfserving:fetch.');
  progress.say('*'.repeat(88));
}
