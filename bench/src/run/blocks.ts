import { join } from 'node:path';
import { launchOf, whatIsWrong, type Launch, type RunningInstance } from '../contestants/index.js';
import { groupSeed, interleave, type PlannedTrial } from '../load/index.js';
import type { Cell, Condition, TrialRecord } from '../record/index.js';
import { processTree } from '../resources/index.js';
import { UnwritableError } from '../run-folder/index.js';
import { OK, readSamples } from '../samples/index.js';
import type { Admission } from './admission.js';
import { whyNoAnswer } from './ask.js';
import { networkBetween, type NetworkBetween } from './network.js';
import type { PlanClock } from './plan-clock.js';
import { stopped, type Run } from './run.js';
import { runCellTrial, trialId } from './trial.js';
import type { Visit } from './visits.js';
import { messageOf } from '../words/message-of.js';

/** A contestant that takes part in a visit, with the cells that its one server answers. */
interface Guest {
  readonly contestant: string;
  readonly launch: Launch;
  readonly cells: readonly Cell[];
  instance: RunningInstance;
  /** Children of its processes when it was admitted, e.g. gunicorn's workers: one that is gone is a death too. */
  children: RunningInstance['processes'];
  /** What stands between the generator and the instance, by cell: open as long as its connections (method rule 8). */
  readonly networks: Map<string, NetworkBetween>;
  /** Starts after a death. */
  restarts: number;
}

/** What went wrong with a guest in the block under way, where measuring it threw. */
type Faults = Map<Guest, string>;

/**
 * Measures the blocks of a visit that are not in `done` yet. A block is whole or not at all: when a contestant dies in one,
 * none of its trials is kept, the contestant is restarted or left out, and the block is measured again.
 */
export async function runVisit(
  visit: Visit,
  run: Run,
  admission: Admission,
  done: ReadonlySet<string>,
  clock: PlanClock,
): Promise<void> {
  const guests = await welcome(visit.cells, run, admission);
  try {
    await runBlocks(visit, guests, run, admission, done, clock);
  } finally {
    run.generator.closeConnections();
    await Promise.all(guests.map(closeNetworks));
  }
}

async function runBlocks(
  visit: Visit,
  guests: Guest[],
  run: Run,
  admission: Admission,
  done: ReadonlySet<string>,
  clock: PlanClock,
): Promise<void> {
  const order = interleave(visit.cells, groupSeed(run.keeper.record.plan.seeds.order, visit.cells[0]?.group ?? ''));
  for (let block = visit.from; block < visit.to; block += 1) {
    const planned = (): PlannedTrial[] =>
      order.filter((trial) => trial.block === block && guests.some(({ cells }) => has(cells, trial.cell)));
    const isDone = planned().every(({ cell }) => done.has(trialId(cell, block)));
    while (!isDone && planned().length > 0 && !stopped(run)) {
      const trials: TrialRecord[] = [];
      const faults: Faults = new Map();
      for (const trial of planned()) {
        if (stopped(run)) return;
        const trialOf = await measure(trial, visit, guests, faults, run, clock);
        if (trialOf === undefined) break;
        trials.push(trialOf);
      }
      if (stopped(run)) return;
      if (!(await allAreWell(guests, faults, run, admission))) continue;
      await run.folder.appendTrials(trials);
      break;
    }
    clock.passed(visit.cells.filter(({ trials }) => block < trials && !isDone));
  }
}

/** Admits the contestants of a visit; those that cannot come are in the record. */
async function welcome(cells: readonly Cell[], run: Run, admission: Admission): Promise<Guest[]> {
  const wanted = new Map<string, { contestant: string; launch: Launch; cells: Cell[] }>();
  for (const cell of cells) {
    // Its model could not be built, or its server died again and again.
    if (run.keeper.record.notTested.some(({ subject }) => subject === cell.id || subject === cell.condition.model))
      continue;
    const launch = launchOf(cell.condition, run.zoo.basePath(cell.condition.model));
    const key = JSON.stringify([cell.contestant, launch]);
    const known = wanted.get(key);
    if (known === undefined) wanted.set(key, { contestant: cell.contestant, launch, cells: [cell] });
    else known.cells.push(cell);
  }
  const starts = await admission.startTogether([...wanted.values()]);
  const guests: Guest[] = [];
  for (const each of wanted.values()) {
    if (stopped(run)) return [];
    const { contestant, launch } = each;
    const admitted = await admission.admit(contestant, launch, conditionsOf(each), starts(contestant, launch));
    if ('instance' in admitted) {
      const { instance } = admitted;
      guests.push({ ...each, instance, children: childrenOf(instance), networks: new Map(), restarts: 0 });
    }
  }
  return guests;
}

async function measure(
  planned: PlannedTrial,
  visit: Visit,
  guests: readonly Guest[],
  faults: Faults,
  run: Run,
  clock: PlanClock,
): Promise<TrialRecord | undefined> {
  const guest = guests.find(({ cells }) => has(cells, planned.cell));
  const cell = guest?.cells.find(({ id }) => id === planned.cell);
  if (guest === undefined || cell === undefined) throw new Error(`nobody was admitted for ${planned.cell}`);
  run.progress.now(`${clock.text()}: ${cell.id}, block ${planned.block + 1} of ${cell.trials}`);
  try {
    const network = guest.networks.get(cell.id) ?? (await networkBetween(guest.instance, cell.condition.network));
    guest.networks.set(cell.id, network);
    const { instance } = guest;
    const place = { ...planned, cell, pass: visit.pass, instance, via: network.via };
    const trial = await network.unlessItEnds(runCellTrial(run, place));
    const wrong = await whyLost(trial, instance, cell, run);
    if (wrong === undefined) return trial;
    faults.set(guest, wrong);
    return undefined;
  } catch (error) {
    if (stopped(run)) return undefined;
    // The bare engine is asked by itself: what goes wrong then is its own. Else the generator's, unless a look says otherwise.
    const isItsOwn = guest.instance.target.kind === 'engine' && !(error instanceof UnwritableError);
    if (!isItsOwn && (await whatIsWrong(guest.instance)) === undefined) throw error;
    faults.set(guest, messageOf(error));
    return undefined;
  }
}

/**
 * What is wrong with a server that answered no request of a trial rightly, and answers none that comes alone either; undefined
 * when it does: then its failures are samples (method rule 4). A server that hangs would cost each block its time limit.
 */
async function whyLost(
  { failures = [], samplesFile, cut }: TrialRecord,
  instance: RunningInstance,
  { condition, timeoutMs }: Cell,
  run: Run,
): Promise<string | undefined> {
  // There may be no sample: then the failures are those of the warm-up.
  if (cut || failures.length === 0) return undefined;
  const { table } = await readSamples(join(run.folder.path, samplesFile));
  if (table.outcome.includes(OK)) return undefined;
  const golden = await run.zoo.golden(condition.model, condition.modelVersion);
  return await whyNoAnswer(instance, golden, condition, timeoutMs, run.signal);
}

/**
 * Looks whether each contestant's processes live and its port answers (method rule 11). Who does not is restarted, or left
 * out after too many starts; false when there was one.
 */
async function allAreWell(guests: Guest[], faults: Faults, run: Run, admission: Admission): Promise<boolean> {
  const { keeper, fleet, progress } = run;
  let areWell = true;
  for (const guest of [...guests]) {
    const { contestant, launch, instance, children } = guest;
    const processes = [...instance.processes, ...children];
    const wrong = (await whatIsWrong({ ...instance, processes })) ?? faults.get(guest);
    // Ctrl-C reaches the servers too.
    if (stopped(run)) return false;
    if (wrong === undefined) continue;
    areWell = false;
    progress.say(`${contestant}: ${wrong}`);
    const back = instance.startedHere ? 'restarted' : 'waited for';
    const again = guest.restarts > 0 ? `, again after it was ${back}` : '';
    const mayStart = guest.restarts < keeper.record.plan.restarts;
    await keeper.note(
      contestant,
      `${wrong}; ${mayStart ? `it is ${back} and the block measured again` : 'it is left out'}`,
    );
    guest.restarts += 1;
    await closeNetworks(guest);
    const admitted = mayStart
      ? await admission.admit(contestant, launch, conditionsOf(guest), () => fleet.restart(contestant, launch))
      : { leftOut: `${wrong}${again}` };
    if ('instance' in admitted) {
      guest.instance = admitted.instance;
      guest.children = childrenOf(admitted.instance);
      continue;
    }
    // Its start was ended with the run.
    if (stopped(run)) return false;
    guests.splice(guests.indexOf(guest), 1);
    for (const { id } of guest.cells)
      await keeper.leaveOut({ subject: id, reason: admitted.leftOut, during: 'measurement' });
  }
  return areWell;
}

/** They lead to an instance that is gone, or is not asked any more. */
async function closeNetworks({ networks }: Guest): Promise<void> {
  await Promise.all([...networks.values()].map((network) => network[Symbol.asyncDispose]()));
  networks.clear();
}

function childrenOf({ processes }: RunningInstance): Guest['children'] {
  return processes.flatMap(({ name, pid }) =>
    processTree(pid)
      .slice(1)
      .map((child) => ({ name: `below ${name}`, pid: child })),
  );
}

function conditionsOf({ cells }: Pick<Guest, 'cells'>): Condition[] {
  return cells.map(({ condition }) => condition);
}

function has(cells: readonly Cell[], id: string): boolean {
  return cells.some((each) => each.id === id);
}
