import { generatorPinning, type Fleet } from '../contestants/index.js';
import { connectGenerators, startGenerator, type Generator } from '../load/index.js';
import { OBSERVATIONS } from '../observations/index.js';
import { subjectOf } from '../questions/subject.js';
import { absentFrom, type Segment, type ServingSource, type StudyRecord } from '../record/index.js';
import { engineFacts, engineWords } from '../run/engine-facts.js';
import { describeMachine, describeVersions } from '../run/machine.js';
import { formatDuration } from '../words/number.js';
import { LONGEST_WARM_UP_MS } from '../run/warm-up.js';
import { RunFolder } from '../run-folder/index.js';
import { Keeper } from '../run/keeper.js';
import { ANSWER_LIMIT_MS } from '../run/observe.js';
import { runPlan } from '../run/run-plan.js';
import type { Zoo } from '../run/zoo.js';
import { VERSION } from './help.js';
import type { PlannedRun } from './plan-run.js';
import { refuseOtherVersions } from './resume.js';
import { occupy } from './occupy.js';
import type { RunOptions } from './run-options.js';

export interface Measurement {
  readonly options: RunOptions;
  /** The record of a run to go on with. */
  readonly before: StudyRecord | undefined;
  readonly zoo: Zoo;
  readonly planned: PlannedRun;
  readonly source: ServingSource;
  readonly openFleet: (logFolder: string) => Fleet;
}

/** Runs a plan, or the rest of one, and leaves everything in the run folder it returns. */
export async function measure(measurement: Measurement): Promise<RunFolder> {
  const { options, zoo, planned, source, openFleet } = measurement;
  await using generator = await generatorFor(options);
  const { folder, record } = await openRun(measurement);
  // A run that goes on is claimed already.
  await using _ = measurement.before === undefined ? await occupy(folder.path) : undefined;
  const { progress } = options;
  const { plan } = record;
  progress.say(`${plan.cells.length} cells, about ${formatDuration(plan.expectedMs)}; files go to ${folder.path}`);
  const unbuilt = await zoo.ensure(plan.cells, progress.now, options.signal);
  const keeper = new Keeper(folder, record);
  for (const each of unbuilt) await keeper.leaveOut({ ...each, during: 'build' });
  const fleet = openFleet(folder.logs);
  const facts = await engineFacts(source, zoo);
  try {
    await runPlan({
      folder,
      keeper,
      observations: OBSERVATIONS,
      contestants: planned.contestants,
      fleet,
      generator,
      longestWarmUpMs: LONGEST_WARM_UP_MS[plan.profile] * options.asked.timeFactor,
      answerLimitMs: ANSWER_LIMIT_MS,
      zoo,
      subject: subjectOf(zoo.own),
      ledgerFacts: facts,
      progress,
      signal: options.signal,
    });
  } catch (error) {
    if (await holdsResults(folder, keeper.record))
      progress.say(`What was measured is kept: npm run report -- ${folder.path} reports it, --resume goes on with it`);
    throw error;
  } finally {
    progress.now('stopping the servers');
    await fleet.stop();
  }
  return folder;
}

/** Whether something was measured, or observed. */
export async function holdsResults(folder: RunFolder, { observations }: StudyRecord): Promise<boolean> {
  return Object.keys(observations).length > 0 || (await folder.readTrials()).length > 0;
}

async function generatorFor({ asked, generatorSecret: secret, progress }: RunOptions): Promise<Generator> {
  const { generators } = asked;
  if (generators === undefined) return await startGenerator(generatorPinning());
  const together = await connectGenerators(generators, { version: VERSION, secret });
  progress.say(`load comes from ${together.addresses.join(', ')}`);
  return together;
}

/** Makes the folder of a new run, or goes on with that of `before`. */
async function openRun({
  options,
  planned,
  source,
  zoo,
  before,
}: Measurement): Promise<{ readonly folder: RunFolder; readonly record: StudyRecord }> {
  const startedAt = new Date().toISOString();
  const { command, asked } = options;
  const segment = {
    startedAt,
    command,
    machine: describeMachine(),
    versions: { ...(await describeVersions()), ...(asked.program === 'study' ? { engine: await engineWords() } : {}) },
    serving: source,
  };
  if (before !== undefined && options.resume !== undefined) {
    refuseOtherVersions(before, source, segment.versions);
    const folder = RunFolder.at(options.resume);
    await folder.mendTrials();
    return { folder, record: goingOn(before, segment) };
  }
  const id = startedAt.slice(0, 19).replaceAll(':', '-');
  const folder = await RunFolder.create(options.out, id);
  const record: StudyRecord = {
    formatVersion: 1,
    id,
    ...segment,
    segments: [segment],
    asked,
    contestants: [],
    notTested: [...planned.notTested],
    ledger: [],
    coldStarts: [],
    plan: planned.plan,
    ...(zoo.own === undefined ? {} : { own: zoo.own }),
    models: [...zoo.models.values()],
    observations: {},
  };
  return { folder, record };
}

/** What the run found in its way is tried again: also what was observed while somebody was missing. */
export function goingOn(
  { endedAt: _, interrupted: __, parity, floors, ...record }: StudyRecord,
  segment: Segment,
): StudyRecord {
  const wasWhole = (experiment: string): boolean =>
    record.notTested.every(({ subject }) => !subject.endsWith(absentFrom(experiment, '')));
  const agreeing = parity?.contestants.filter(({ outcome }) => outcome === 'same') ?? [];
  return {
    ...record,
    segments: [...(record.segments ?? []), segment],
    notTested: record.notTested.filter(({ during }) => during === undefined),
    observations: Object.fromEntries(Object.entries(record.observations).filter(([id]) => wasWhole(id))),
    ...(parity === undefined ? {} : { parity: { ...parity, contestants: agreeing } }),
    // They lack what is sent to a model that could not be built: they are measured anew.
    ...(record.notTested.some(({ during }) => during === 'build') ? {} : { floors }),
  };
}
