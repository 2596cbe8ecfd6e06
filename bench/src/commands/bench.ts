import {
  contestantById,
  findServing,
  modelsNotServed,
  parseTargets,
  recognise,
  targetFleet,
  type Fleet,
} from '../contestants/index.js';
import { OBSERVATIONS } from '../observations/index.js';
import { UNKNOWN_VERSION, type OwnModel, type ServingSource } from '../record/index.js';
import { describePlan } from '../run/describe-plan.js';
import { loadMs } from '../run/make-plan.js';
import { measure } from './measure.js';
import { openSubject } from './open-subject.js';
import { planRun, refuseEmptyPlan, type PlannedRun } from './plan-run.js';
import { NOTHING_RUN, report, type Outcome } from './report.js';
import { claimResumed, resumedOptions } from './resume.js';
import type { RunOptions } from './run-options.js';

/** Measures servers that somebody else started. They run as they are: experiments that vary the servers are left out. */
export async function bench({ targets: text, ...typed }: RunOptions & { readonly targets: string }): Promise<Outcome> {
  const targets = parseTargets(text);
  const addresses = [...targets].map(([id, address]) => `${id}=${address}`).sort();
  await using _ = await claimResumed(typed);
  const { options, record: before } = await resumedOptions({ ...typed, asked: { ...typed.asked, targets: addresses } });
  const { generators } = options.asked;
  await using zoo = await openSubject(options, before?.own);
  const everything = await planRun(
    options,
    zoo,
    [...targets.keys()].map((id) => contestantById(id)),
  );
  if (generators !== undefined) refuseLoopback(targets, generators);
  const cells = everything.plan.cells.filter(
    ({ condition: { factors = {}, network } }) =>
      // a network is emulated beside this process, which is not where those generators are
      Object.keys(factors).length === 0 && (network === undefined || generators === undefined),
  );
  const experiments = everything.plan.experiments.filter((id) => !(id in OBSERVATIONS));
  const planned = { ...everything, plan: { ...everything.plan, cells, experiments } };
  refuseEmptyPlan(planned, 'what is asked for needs servers that are started for it (npm run study), or other targets');
  if (options.dryRun) {
    options.print(describePlan(before?.plan ?? planned.plan, before?.notTested ?? planned.notTested));
    return NOTHING_RUN;
  }
  const served = before === undefined ? await ofServed(planned, targets, zoo.own) : planned;
  refuseEmptyPlan(served, 'no target serves what is asked for');
  const source = await servingSource(options.tfserving.restUrl, targets.get('direct-rest'));
  const openFleet = (): Fleet => targetFleet(targets, source);
  const folder = await measure({
    options,
    zoo,
    source,
    openFleet,
    before,
    planned: served,
  });
  return await report(folder.path, options);
}

/** @throws Error for a target that only this machine can reach, when the load comes from others. */
function refuseLoopback(targets: ReadonlyMap<string, string>, generators: string): void {
  if (generators.split(',').every((each) => /^(?:127\.|localhost:|\[::1\])/.test(each.trim()))) return;
  for (const [id, address] of targets)
    if (/^(?:http:\/\/)?(?:127\.|localhost[:/]|\[::1\])/.test(address))
      throw new Error(
        `--targets ${id}=${address} is this machine's own address, which the generators at ${generators} cannot reach; name one that they can`,
      );
}

/** Leaves out, with the reason, the cells of models that no target serves: large ones would be built for nothing. */
async function ofServed(
  planned: PlannedRun,
  targets: ReadonlyMap<string, string>,
  own: OwnModel | undefined,
): Promise<PlannedRun> {
  const { plan, notTested } = planned;
  const missing = await modelsNotServed(
    targets,
    plan.cells.map(({ condition }) => condition.model),
  );
  const cells = plan.cells.filter(({ condition }) => !missing.some(({ subject }) => subject === condition.model));
  return {
    ...planned,
    plan: { ...plan, cells, expectedMs: loadMs(cells, own) },
    notTested: [...missing, ...notTested],
  };
}

/**
 * A server that nobody vouches for is taken for a stand-in: its numbers then decide nothing about TensorFlow Serving (method rule
 * 20). So is one that says itself that it is the stand-in, whatever stands at --tfserving-url.
 */
export async function servingSource(restUrl: string | undefined, direct: string | undefined): Promise<ServingSource> {
  if (restUrl === undefined)
    return {
      kind: 'stand-in',
      version: UNKNOWN_VERSION,
      detail: 'what stands behind the targets is not known: name it with --tfserving-url',
    };
  const { source } = await findServing({ restUrl, image: '', onProgress: () => undefined });
  // Whether it answers at all is asked when it is measured.
  const found = direct === undefined ? undefined : await recognise(direct).catch(() => undefined);
  return found?.kind === 'stand-in' ? { ...found, detail: `direct-rest at ${direct} says so itself` } : source;
}
