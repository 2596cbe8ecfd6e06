import { contestantById, findServing, parseTargets, targetFleet } from '../contestants/index.js';
import type { ServingSource } from '../record/index.js';
import { describePlan } from '../study/describe-plan.js';
import { openZoo } from '../study/zoo.js';
import { measure } from './measure.js';
import { experimentsOf, planRun } from './plan-run.js';
import { report } from './report.js';
import type { RunOptions } from './run-options.js';

/** Measures servers that somebody else started. They run as they are: experiments that vary the servers are left out. */
export async function bench(options: RunOptions & { readonly targets: string }): Promise<void> {
  const targets = parseTargets(options.targets);
  const zoo = await openZoo();
  const everything = await planRun(options, zoo, [...targets.keys()].map(contestantById));
  const cells = everything.plan.cells.filter(({ condition }) => Object.keys(condition.factors ?? {}).length === 0);
  const experiments = experimentsOf(everything.plan)
    .filter((experiment) => experiment.observe === undefined)
    .map(({ id }) => id);
  const planned = { ...everything, plan: { ...everything.plan, cells, experiments } };
  if (options.dryRun) {
    options.print(describePlan(planned.plan, planned.notTested));
    return;
  }
  const source = await servingSource(options);
  const folder = await measure({ options, zoo, planned, source, openFleet: () => targetFleet(targets, source) });
  await report(folder.path, options.progress);
}

/** A server that nobody vouches for is taken for a stand-in: its numbers then decide nothing about TensorFlow Serving (method rule 20). */
async function servingSource(options: RunOptions): Promise<ServingSource> {
  const { restUrl } = options.tfserving;
  if (restUrl === undefined)
    return {
      kind: 'stand-in',
      version: 'not told',
      detail: 'what stands behind the targets is not known: name it with --tfserving-url',
    };
  const { source } = await findServing({ restUrl, image: '', onProgress: () => undefined });
  return source;
}
