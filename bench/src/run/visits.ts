import { contestantById, launchKey } from '../contestants/index.js';
import type { Cell, Plan } from '../record/index.js';
import { trialId } from './trial.js';

/** One stay at a group of cells: its blocks from `from` on and before `to`. */
export interface Visit {
  readonly pass: number;
  readonly cells: readonly Cell[];
  readonly from: number;
  readonly to: number;
  /** Who is not up yet when it begins. */
  readonly starts: readonly Server[];
}

/** A contestant for one launch, or the model server that several of them share. */
interface Server {
  readonly contestant: string;
  readonly launch: string;
}

/** The model server behind the contestants that are TensorFlow Serving, or stand in front of it. */
export const MODEL_SERVER = 'model server';

/**
 * The stays of a plan in their order. Groups that decide claims are visited in each pass, the others in the first. Inside a
 * pass those follow each other that share servers: each start takes seconds. Pure: a resumed run has the same.
 */
export function visitsOf(plan: Pick<Plan, 'cells' | 'passes' | 'startsAnew'>): Visit[] {
  const groups = groupsOf(plan.cells);
  let running = new Map<string, Server>();
  const visits: Visit[] = [];
  for (let pass = 0; pass < plan.passes; pass += 1) {
    if (plan.startsAnew) running = new Map();
    const left = groups.flatMap((cells) => stay(cells, pass, plan.passes));
    while (left.length > 0) {
      const sharing = left.findIndex(({ cells }) => cells.some((each) => running.has(nameOf(serverOf(each)))));
      const [next] = left.splice(Math.max(0, sharing), 1);
      if (next === undefined) break;
      const starts = newServers(next.cells, running);
      visits.push({ ...next, starts });
      const launches = new Set(next.cells.map((each) => serverOf(each).launch));
      const kept = [...running].filter(([, { launch }]) => !plan.startsAnew || launches.has(launch));
      running = new Map([...kept, ...starts.map((server) => [nameOf(server), server] as const)]);
    }
  }
  return visits;
}

/** Whether every trial of a visit is in `done`: then nobody has to be started for it. */
export function isDone({ cells, from, to }: Visit, done: ReadonlySet<string>): boolean {
  return cells.every(({ id, trials }) => {
    for (let block = from; block < Math.min(to, trials); block += 1) if (!done.has(trialId(id, block))) return false;
    return true;
  });
}

/** A group's blocks in one pass; none where it is not visited. Blocks come in mirrored pairs, which stay together. */
function stay(group: readonly Cell[], pass: number, passes: number): Omit<Visit, 'starts'>[] {
  const trials = Math.max(...group.map((each) => each.trials));
  const stays = group.some(({ decides }) => decides) ? passes : 1;
  const begin = (at: number): number => Math.min(trials, 2 * Math.ceil((at * trials) / 2 / stays));
  const [from, to] = [begin(pass), begin(pass + 1)];
  const cells = group.filter((each) => each.trials > from);
  return pass < stays && from < to ? [{ pass, cells, from, to }] : [];
}

function newServers(cells: readonly Cell[], running: ReadonlyMap<string, Server>): Server[] {
  const wanted = new Map(cells.flatMap(serversOf).map((server) => [nameOf(server), server]));
  return [...wanted].filter(([name]) => !running.has(name)).map(([, server]) => server);
}

function serversOf(cell: Cell): Server[] {
  const own = serverOf(cell);
  return contestantById(own.contestant).onServing ? [{ ...own, contestant: MODEL_SERVER }, own] : [own];
}

function serverOf({ contestant, condition: { model, modelVersion, factors = {} } }: Cell): Server {
  return { contestant, launch: launchKey({ model, modelVersion, factors }) };
}

function nameOf({ launch, contestant }: Server): string {
  return `${contestant} ${launch}`;
}

/** Cells that are interleaved with each other, in the order of the plan. */
function groupsOf(cells: readonly Cell[]): Cell[][] {
  const groups = new Map<string, Cell[]>();
  for (const each of cells) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return [...groups.values()];
}
