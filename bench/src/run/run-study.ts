import type { Launch, RunningInstance } from '../contestants/index.js';
import { groupSeed, interleave, pairSeeds, type PlannedTrial } from '../load/index.js';
import { findFloor, type Cell, type LedgerRow, type Parity, type StudyRecord } from '../record/index.js';
import { measureColdStart } from './cold-start.js';
import { floorsOf } from './floors.js';
import { fairnessLedger } from './ledger.js';
import { launchOf } from './launch.js';
import { checkDevice } from './gpu.js';
import { observe } from './observe.js';
import { networkBetween } from './network.js';
import { checkParity, TOLERANCE } from './parity.js';
import { PlanClock } from './plan-clock.js';
import { requestBytes } from './request-bytes.js';
import { runCellTrial } from './trial.js';
import { stopped, type StudyRun } from './study-run.js';
import { warmUpServer, warmUpWords } from './warm-up.js';
import { trialId } from './trial-id.js';

/** Runs what the plan holds and has not been run yet. The record it returns is the one in study.json. */
export async function runStudy(run: StudyRun): Promise<StudyRecord> {
  const done = new Set((await run.folder.readTrials()).filter(({ cut }) => !cut).map(({ id }) => id));
  let { record } = run;
  const save = async (change: Partial<StudyRecord>): Promise<void> => {
    record = { ...record, ...change };
    await run.folder.writeStudy(record);
  };
  await save({});
  if (record.floors === undefined && !stopped(run)) await save({ floors: await floorsOf(run) });
  const { profile } = record.plan;
  const observing = run.experiments.filter(({ id }) => !(id in record.observations));
  const observeMs = observing.reduce((sum, { observeMs: times }) => sum + (times?.[profile] ?? 0), 0);
  const clock = new PlanClock(record.plan.cells, done, observeMs);
  for (const group of groupsOf(record.plan.cells)) {
    if (stopped(run)) break;
    const cells = await withParity(group, run, () => record, save);
    if (cells.length === 0) continue;
    for (const planned of interleave(cells, groupSeed(record.plan.seeds.order, group[0]?.group ?? ''))) {
      if (stopped(run)) break;
      if (done.has(trialId(planned.cell, planned.block))) continue;
      await runPlanned(planned, cells, run, record, clock);
    }
  }
  await observe(run, () => record, save, clock);
  await save({
    endedAt: new Date().toISOString(),
    ...(stopped(run) ? { interrupted: 'stopped by the user before the plan ended' } : {}),
  });
  return record;
}

/** Cells that are interleaved with each other, in the order of the plan. */
function groupsOf(cells: readonly Cell[]): Cell[][] {
  const groups = new Map<string, Cell[]>();
  for (const each of cells) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return [...groups.values()];
}

/** Starts the group's contestants and checks each once; what cannot start or disagrees is left out, with the reason kept. */
async function withParity(
  group: readonly Cell[],
  run: StudyRun,
  record: () => StudyRecord,
  save: (change: Partial<StudyRecord>) => Promise<void>,
): Promise<Cell[]> {
  await run.fleet.keepOnly(group.map((each) => launchFor(each, run)));
  const early = await startTogether(group, run, record());
  const able: Cell[] = [];
  for (const each of group) {
    if (stopped(run)) return able;
    const subject = subjectOf(each);
    // What could not start like this once will not be waited for again.
    if (record().notTested.some((other) => other.subject === subject)) continue;
    try {
      const instance = await (early.get(each.id) ?? run.fleet.instance(each.contestant, launchFor(each, run)));
      if (!(await admit(each, instance, run, record(), save))) continue;
      await warmUpOnce(each, instance, run, record(), save);
      able.push(each);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      run.progress.say(`${subject} is left out: ${reason}`);
      await save({ notTested: [...record().notTested, { subject, reason }] });
    }
  }
  return able;
}

/**
 * Starts at the same time what may be: a contestant's first start of all is measured, so it has the machine for itself. By
 * cell; a start that fails rejects for whoever waits for it.
 */
async function startTogether(
  group: readonly Cell[],
  run: StudyRun,
  { coldStarts, notTested }: StudyRecord,
): Promise<ReadonlyMap<string, Promise<RunningInstance>>> {
  const starts = new Map(
    group
      .filter(({ contestant }) => coldStarts.some((known) => known.contestant === contestant))
      .filter((each) => !notTested.some(({ subject }) => subject === subjectOf(each)))
      .map((each) => [each.id, run.fleet.instance(each.contestant, launchFor(each, run))]),
  );
  await Promise.allSettled(starts.values());
  return starts;
}

/** A contestant as it was to be started: `flask-style with mlp-10k`, `direct-rest with fashion-cnn, cpus=0`. */
function subjectOf({ contestant, condition }: Cell): string {
  const factors = Object.entries(condition.factors ?? {}).map(([name, value]) => `, ${name}=${value}`);
  return `${contestant} with ${condition.model}${factors.join('')}`;
}

async function admit(
  each: Cell,
  instance: RunningInstance,
  run: StudyRun,
  record: StudyRecord,
  save: (change: Partial<StudyRecord>) => Promise<void>,
): Promise<boolean> {
  await checkDevice(instance);
  const { model, modelVersion } = each.condition;
  const golden = await run.golden(model, modelVersion);
  const known = record.parity?.contestants.find(
    (row) => row.contestant === each.contestant && row.model === `${model} version ${modelVersion}`,
  );
  if (known !== undefined) return known.passed;
  const firstOfAll = !record.coldStarts.some(({ contestant }) => contestant === each.contestant);
  const coldStarts =
    firstOfAll && instance.readyMs > 0
      ? [...record.coldStarts, await measureColdStart(instance, golden)]
      : record.coldStarts;
  run.progress.now(`checking that ${each.contestant} predicts as Python does`);
  const row = await checkParity(instance, golden);
  if (!row.passed) run.progress.say(`${each.contestant} is left out: ${row.reason ?? 'its predictions differ'}`);
  const contestants = [...(record.parity?.contestants ?? []), row];
  const parity: Parity = {
    inputs: golden.cases.length,
    tolerance: TOLERANCE,
    contestants,
    passed: contestants.every(({ passed }) => passed),
  };
  await save({
    parity,
    coldStarts,
    contestants: [...record.contestants.filter(({ id }) => id !== each.contestant), instance.contestant],
    ...(firstOfAll ? { ledger: await ledgerWith(each, instance, run, record) } : {}),
  });
  return row.passed;
}

/** Instances that are warm already. */
const warm = new WeakSet<RunningInstance>();

/** Loads a server that has not been loaded yet until it is as fast as it gets, and says in the ledger what that took. */
async function warmUpOnce(
  { contestant, condition, warmupMs }: Cell,
  instance: RunningInstance,
  run: StudyRun,
  { ledger }: StudyRecord,
  save: (change: Partial<StudyRecord>) => Promise<void>,
): Promise<void> {
  if (warm.has(instance) || instance.target.kind === 'engine') return;
  warm.add(instance);
  run.progress.now(`warming ${contestant} up`);
  const golden = await run.golden(condition.model, condition.modelVersion);
  const { generator, longestWarmUpMs, signal } = run;
  const took = await warmUpServer(generator, instance, condition, golden, longestWarmUpMs, signal);
  await save({ ledger: withValue(ledger, 'warm-up', contestant, warmUpWords(took, warmupMs)) });
}

/** The ledger with a contestant's value of one property; of what it has already nothing changes. */
function withValue(ledger: StudyRecord['ledger'], property: string, contestant: string, value: string): LedgerRow[] {
  return ledger.map((row) => {
    if (row.property !== property || row.values[contestant] !== undefined) return row;
    const values = { ...row.values, [contestant]: value };
    return { ...row, values, differs: new Set(Object.values(values)).size > 1 };
  });
}

/** The ledger describes each contestant as it was started first, for the default conditions. */
async function ledgerWith(
  each: Cell,
  instance: RunningInstance,
  run: StudyRun,
  record: StudyRecord,
): Promise<StudyRecord['ledger']> {
  const golden = await run.golden(each.condition.model, each.condition.modelVersion);
  const rows = fairnessLedger([
    {
      instance,
      floor: findFloor(record.floors, each.condition),
      requestBytes: requestBytes(golden, each.condition),
      ...run.ledgerFacts(instance),
    },
  ]);
  return rows.map((fresh) => {
    const values = { ...record.ledger.find(({ property }) => property === fresh.property)?.values, ...fresh.values };
    return { ...fresh, values, differs: new Set(Object.values(values)).size > 1 };
  });
}

async function runPlanned(
  planned: PlannedTrial,
  cells: readonly Cell[],
  run: StudyRun,
  record: StudyRecord,
  clock: PlanClock,
): Promise<void> {
  const each = cells.find(({ id }) => id === planned.cell);
  if (each === undefined) throw new Error(`the plan has no cell ${planned.cell}`);
  run.progress.now(`${clock.text()}: ${each.id}, block ${planned.block + 1} of ${each.trials}`);
  const instance = await run.fleet.instance(each.contestant, launchFor(each, run));
  await using network = await networkBetween(instance, each.condition.network);
  const trial = await runCellTrial({
    generator: run.generator,
    cell: each,
    block: planned.block,
    position: planned.position,
    seeds: pairSeeds(record.plan.seeds, each.group, planned.block),
    instance,
    golden: await run.golden(each.condition.model, each.condition.modelVersion),
    ...(network.via === undefined ? {} : { via: network.via }),
    runFolder: run.folder.path,
    signal: run.signal,
  });
  await run.folder.appendTrial(trial);
  clock.finished(each);
}

function launchFor(each: Cell, run: StudyRun): Launch {
  return launchOf(each.condition, run.modelBasePath(each.condition.model));
}
