import { usualPayload, type Cell, type Condition, type Loop, type Network, type Profile } from '../record/index.js';
import { cellsOfClaim } from './claim.js';
import { inProfile, type CellTable, type PlanContext, type PlannedContestant, type Question } from './define.js';

import { effortFor, timeoutFor } from './own-effort.js';
import { forStyle, whyNotOfOwn, whyNotSent } from './own-questions.js';
import { bearsClients, inProcess } from './subject.js';

const REQUEST_TIMEOUT_MS = 10_000;
const ERROR_LIMIT = 0.001;

/** Blocks on which a drifting machine has no hold (method rules 8 and 11). */
const BLOCKS: Readonly<Record<Profile, number>> = { quick: 20, standard: 20, thorough: 60 };
/** A shared machine changes speed every few seconds: that cancels between neighbouring slices as short as these. */
const SLICE_MS: Readonly<Record<Profile, number>> = { quick: 210, standard: 195, thorough: 500 };
/**
 * After a change of contestant caches are cold. Connections are open: from 20 ms on medians were those of the rest of a slice,
 * for all contestants at 1 and 8 clients.
 */
const SLICE_WARMUP_MS = 25;
/** Where no claim rests on a cell it draws a curve. */
const CURVE_TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 2, thorough: 6 };
const CURVE_MS: Readonly<Record<Profile, number>> = { quick: 700, standard: 650, thorough: 2000 };
const CURVE_WARMUP_MS: Readonly<Record<Profile, number>> = { quick: 150, standard: 150, thorough: 500 };

/** The cells of a question, those most often measured that its claims rest on. Pure: the same context gives the same cells. */
export function cellsOf(question: Question, context: PlanContext): Cell[] {
  const { profile } = context;
  const { own } = context.subject;
  const planned = question.cells.flatMap((table) =>
    [...product(table, context)]
      .filter(({ condition }) => own === undefined || whyNotSent(own, condition) === undefined)
      .map((wanted) => ({ ...named(question.id, table, wanted), table })),
  );
  const deciding = new Set(question.claims.flatMap((claim) => cellsOfClaim(claim, planned, context.models)));
  return planned.map((each) => {
    const { table, ...cell } = each;
    const usual = effort(table, profile, deciding.has(each) || table.everyBlock === true);
    return {
      ...cell,
      ...usual,
      ...(own && effortFor(own, cell.condition, profile, usual)),
      timeoutMs: own === undefined ? REQUEST_TIMEOUT_MS : timeoutFor(own, cell.condition, REQUEST_TIMEOUT_MS),
      errorLimit: table.errorLimit ?? ERROR_LIMIT,
    };
  });
}

/** Why a question cannot be asked here; undefined when it can. */
export function whyNotAsked(question: Question, context: PlanContext): string | undefined {
  const { subject, models } = context;
  const notOfOwn = subject.own === undefined ? undefined : whyNotOfOwn(question.id, subject.own);
  if (notOfOwn !== undefined) return notOfOwn;
  if (question.missing !== undefined) return question.missing(context);
  return models.has(subject.model) ? undefined : `the model ${subject.model} is missing`;
}

interface Wanted {
  readonly contestant: PlannedContestant;
  readonly condition: Condition;
  /** Named in the id where a question varies it. */
  readonly payload: Condition['payload'] | undefined;
}

/** Contestants are the innermost, so that the cells of one condition stand together. */
function* product(table: CellTable, context: PlanContext): Generator<Wanted> {
  const { profile, models, subject } = context;
  const networks: readonly (Network | undefined)[] = inProfile(table.networks ?? [undefined], profile);
  for (const model of inProfile(table.models ?? [subject.model], profile)) {
    const modelVersion = models.get(model)?.version;
    if (modelVersion === undefined) continue;
    for (const batch of inProfile(table.batches ?? [1], profile))
      for (const network of networks)
        for (const factors of factorsOf(table, context))
          for (const loop of loops(table, context))
            for (const contestant of contestantsOf(table, context, loop))
              for (const payload of table.payloads?.(contestant) ?? [undefined]) {
                const form = payload ?? usualPayload(contestant.protocol);
                const varied = { ...(network && { network }), ...(factors && { factors }) };
                const condition = { loop, model, modelVersion, batch, payload: form, ...varied };
                yield { contestant, payload, condition };
              }
  }
}

function factorsOf({ factors }: CellTable, context: PlanContext): readonly (Condition['factors'] | undefined)[] {
  if (factors === undefined) return [undefined];
  return typeof factors === 'function' ? factors(context) : inProfile(factors, context.profile);
}

function loops({ clients, ratesPerS }: CellTable, { profile, subject }: PlanContext): Loop[] {
  if (ratesPerS !== undefined)
    return inProfile(ratesPerS, profile).map((ratePerS) => ({ kind: 'open', arrivals: 'poisson', ratePerS }));
  return inProfile(clients ?? [1], profile)
    .filter((concurrency) => concurrency === 1 || bearsClients(subject, concurrency))
    .map((concurrency) => ({ kind: 'closed', concurrency }));
}

/** Nobody sends requests to the bare engine: it has closed loops only. */
function contestantsOf(
  table: CellTable,
  { profile, contestants, subject }: PlanContext,
  loop: Loop,
): PlannedContestant[] {
  const style = inProcess(subject);
  const wanted = table.contestants && inProfile(table.contestants, profile).map((id) => forStyle(id, style));
  return contestants.filter(
    ({ id, role, protocol }) =>
      (wanted?.includes(id) ?? (role !== 'variant' || id === style)) &&
      (loop.kind === 'closed' || protocol !== 'in-process'),
  );
}

/** Names are made of what is varied. Cells of equal conditions form one group, whatever their contestant (method rule 8). */
function named(experiment: string, { together }: CellTable, { contestant, condition, payload }: Wanted) {
  return {
    id: `${experiment}/${conditionName(condition)}/${contestant.id}${payload === undefined ? '' : `-${payload}`}`,
    experiment,
    contestant: contestant.id,
    condition,
    group: [experiment, ...(together === 'model' ? [contestant.id] : []), conditionName(condition, together)].join('/'),
  };
}

function effort(
  table: CellTable,
  profile: Profile,
  decides: boolean,
): Pick<Cell, 'decides' | 'trials' | 'warmupMs' | 'durationMs'> {
  if (!decides)
    return {
      decides,
      trials: CURVE_TRIALS[profile],
      warmupMs: table.warmupMs ?? CURVE_WARMUP_MS[profile],
      durationMs: inProfile(table.curveMs ?? CURVE_MS, profile),
    };
  return {
    decides,
    trials: inProfile(table.blocks ?? BLOCKS, profile),
    warmupMs: table.warmupMs ?? SLICE_WARMUP_MS,
    durationMs: inProfile(table.sliceMs ?? SLICE_MS, profile),
  };
}

/** A condition as part of a file name: `fashion-cnn-v2-b1-closed-8`. The payload follows the contestant. */
function conditionName(condition: Condition, without?: CellTable['together']): string {
  const { loop, network, factors } = condition;
  return [
    ...(without === 'model' ? [] : [`${condition.model}-v${condition.modelVersion}`]),
    ...(without === 'batch' ? [] : [`b${condition.batch}`]),
    loop.kind === 'closed' ? `closed-${loop.concurrency}` : `${loop.arrivals}-${loop.ratePerS}`,
    ...(network === undefined ? [] : networkName(network)),
    ...Object.entries(factors ?? {}).flatMap(([name, value]) =>
      typeof without === 'object' && name === without.factor ? [] : [`${name}-${value}`],
    ),
  ].join('-');
}

function networkName({ rttMs, jitterMs, bandwidthMbitS, connectionLossPerS }: Network): string[] {
  return [
    `rtt${rttMs}`,
    ...(jitterMs === undefined ? [] : [`jitter${jitterMs}`]),
    ...(bandwidthMbitS === undefined ? [] : [`bw${bandwidthMbitS}`]),
    ...(connectionLossPerS === undefined ? [] : [`loss${connectionLossPerS}`]),
  ];
}
