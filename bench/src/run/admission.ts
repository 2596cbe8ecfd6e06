import { contestantById, whatIsWrong, type Launch, type RunningInstance } from '../contestants/index.js';
import { DEFAULT_TOLERANCE } from '../load/index.js';
import { requestMs } from '../questions/own-effort.js';
import { findFloor, findFloors, startedAs, usualPayload, type Condition } from '../record/index.js';
import type { GoldenSet } from '../requests/index.js';
import { UnwritableError } from '../run-folder/index.js';
import { runEngineOnce } from './ask.js';
import { loadTarget } from './drive.js';
import { floorsFor } from './floors.js';
import { checkDevice } from './gpu.js';
import { fairnessLedger, withRows, withValue } from './ledger.js';
import type { Admitted } from './observe-context.js';
import { checkParity, type Asked, type ParityRow } from './parity.js';
import { stopped, type Run } from './run.js';
import { askOnce, warmUpServer, warmUpWords } from './warm-up.js';
import { messageOf } from '../words/message-of.js';

type Request = Pick<Condition, 'batch' | 'payload'>;

/**
 * The one way to a server that is measured, for cells and observations alike: start, device, cold start, parity, ledger,
 * warm-up. Who fails is left out, with the reason in the record; the others go on.
 */
export class Admission {
  readonly #run: Run;
  /** What each server that was admitted has been asked already: payload and batch. */
  readonly #known = new WeakMap<RunningInstance, Set<string>>();

  constructor(run: Run) {
    this.#run = run;
  }

  /**
   * `requests`: what it will be asked; default: one instance. `start`: how it starts; default: as the fleet does. `subject`: by
   * which name it is left out; default: contestant and launch.
   */
  async admit(
    contestant: string,
    launch: Launch,
    requests: readonly Request[] = [],
    start: Start = () => this.#run.fleet.instance(contestant, launch),
    subject = startedAs(contestant, launch),
  ): Promise<Admitted> {
    const { keeper, zoo, progress } = this.#run;
    const names = [subject, startedAs(contestant, launch)];
    const known = keeper.record.notTested.find((other) => names.includes(other.subject));
    // What could not start like this once will not be waited for again.
    if (known !== undefined) {
      await keeper.leaveOut({ ...known, subject });
      return { leftOut: known.reason };
    }
    const inputs = await zoo.golden(launch.model, launch.modelVersion);
    const asked = requests[0] ?? { batch: 1, payload: usualPayload(contestantById(contestant).protocol) };
    if (requests.length === 0) await this.#measureFloor(inputs, asked);
    let instance: RunningInstance;
    try {
      instance = await this.#alive(await start());
      await checkDevice(instance);
      // One that hangs by now shows in its block, like one that has died.
      if (!this.#known.has(instance)) {
        await this.#examine(instance, inputs, asked);
        this.#known.set(instance, new Set());
      }
    } catch (error) {
      if (error instanceof UnwritableError) throw error;
      const reason = messageOf(error);
      // Ctrl-C reaches the servers too: what they make of it is not their fault.
      if (stopped(this.#run)) return { leftOut: reason };
      progress.say(`${subject} is left out: ${reason}`);
      await keeper.leaveOut({ subject, reason, during: 'start' });
      return { leftOut: reason };
    }
    // What goes wrong here is the generator's: how a server fails is samples.
    for (const request of [asked, ...requests]) await this.#warmUp(instance, inputs, request);
    return { instance };
  }

  /** Starts those at the same time that may be: a contestant's first start of all is timed, so it has the machine for itself. */
  async startTogether(wanted: readonly { readonly contestant: string; readonly launch: Launch }[]): Promise<Starts> {
    const { fleet, keeper } = this.#run;
    const { contestants, notTested } = keeper.record;
    const starts = new Map(
      wanted
        .filter(({ contestant }) => contestants.some(({ id }) => id === contestant))
        .filter(({ contestant, launch }) => notTested.every(({ subject }) => subject !== startedAs(contestant, launch)))
        .map(({ contestant, launch }) => [startedAs(contestant, launch), fleet.instance(contestant, launch)]),
    );
    await Promise.allSettled(starts.values());
    return (contestant, launch) => {
      const started = starts.get(startedAs(contestant, launch));
      return started && (() => started);
    };
  }

  /** The instance; another one where it was admitted before and has died since. */
  async #alive(instance: RunningInstance): Promise<RunningInstance> {
    const wrong = this.#known.has(instance) ? await whatIsWrong(instance) : undefined;
    if (wrong === undefined || stopped(this.#run)) return instance;
    const { id } = instance.contestant;
    await this.#run.keeper.note(id, `${wrong}; it is ${instance.startedHere ? 'restarted' : 'waited for'}`);
    return await this.#run.fleet.restart(id, instance.launch);
  }

  /** The plan's floors are those of its cells: an observation's requests may be of another kind (method rule 5a). */
  async #measureFloor({ model, version }: GoldenSet, request: Request): Promise<void> {
    const { keeper } = this.#run;
    const { floors = [] } = keeper.record;
    if (findFloor(floors, { ...request, model }) !== undefined) return;
    const measured = await floorsFor([{ ...request, model, modelVersion: version }], this.#run);
    await keeper.save({ floors: [...floors, ...measured] });
  }

  /** @throws Error when it does not answer or predicts otherwise. */
  async #examine(instance: RunningInstance, golden: GoldenSet, request: Request): Promise<void> {
    const { keeper, progress } = this.#run;
    const { id } = instance.contestant;
    if (instance.target.kind === 'engine') {
      const firstAnswerMs = await runEngineOnce(instance.target.runner, golden);
      await this.#enter(instance, golden, request, firstAnswerMs === undefined ? {} : { firstAnswerMs });
      return;
    }
    const model = `${golden.model} version ${golden.version}`;
    const rows = keeper.record.parity?.contestants ?? [];
    const isOwn = (row: ParityRow): boolean => row.contestant === id && row.model === model;
    // What it answered, or did not, when it was started otherwise (with less memory, say) says nothing of now.
    const known = rows.find((row) => isOwn(row) && row.outcome === 'same');
    if (known === undefined) progress.now(`checking that ${id} predicts as the model does`);
    const asked: Asked = known === undefined ? await checkParity(instance, golden) : { parity: known };
    if (known === undefined) {
      const contestants = [...rows.filter((row) => !isOwn(row)), { contestant: id, model, ...asked.parity }];
      await keeper.save({ parity: { inputs: golden.count, tolerance: DEFAULT_TOLERANCE, contestants } });
    }
    const { outcome, reason = 'its predictions differ' } = asked.parity;
    if (outcome !== 'same') throw new Error(reason);
    await this.#enter(instance, golden, request, asked);
  }

  /** Of a contestant seen for the first time: its rows in the ledger, and its cold start where this was one. */
  async #enter(
    instance: RunningInstance,
    golden: GoldenSet,
    request: Request,
    { firstAnswerMs, closes }: Pick<Asked, 'firstAnswerMs' | 'closes'>,
  ): Promise<void> {
    const { keeper, ledgerFacts } = this.#run;
    const { record } = keeper;
    const { id } = instance.contestant;
    if (record.contestants.some((known) => known.id === id)) return;
    const floors = findFloors(record.floors, { ...request, model: golden.model });
    const { plan } = record;
    const rows = fairnessLedger({ instance, golden, request, floors, plan, closes, ...ledgerFacts(instance) });
    const isCold = firstAnswerMs !== undefined && instance.startedAll;
    const cold = isCold ? [{ contestant: id, readyMs: instance.readyMs, firstAnswerMs }] : [];
    await keeper.save({
      contestants: [...record.contestants, instance.contestant],
      coldStarts: [...record.coldStarts, ...cold],
      ledger: withRows(record.ledger, rows),
    });
  }

  /**
   * Loads a server that has not been loaded yet until it is as fast as it gets, and says in the ledger what that took. A server
   * that has is asked once: TensorFlow prepares the graph at the first request of a kind, which takes seconds for a large model.
   */
  async #warmUp(instance: RunningInstance, golden: GoldenSet, request: Request): Promise<void> {
    const { keeper, generator, longestWarmUpMs, subject, signal, progress } = this.#run;
    const known = this.#known.get(instance) ?? new Set();
    const kind = `${request.payload} ${request.batch}`;
    const { target } = instance;
    if (known.has(kind) || target.kind === 'engine' || stopped(this.#run)) return;
    known.add(kind);
    const { id } = instance.contestant;
    const requestTakesMs = subject.own === undefined ? 0 : requestMs(subject.own, request);
    const asked = {
      generator,
      target: loadTarget(target, golden.model),
      golden,
      request,
      requestMs: requestTakesMs,
      signal,
    };
    if (known.size > 1) {
      await askOnce(asked);
      return;
    }
    progress.now(`warming ${id} up`);
    const took = await warmUpServer(asked, longestWarmUpMs);
    await keeper.save({ ledger: withValue(keeper.record.ledger, 'warm-up', id, warmUpWords(took)) });
  }
}

type Start = () => Promise<RunningInstance>;
/** A start that was made already, by contestant and launch. */
type Starts = (contestant: string, launch: Launch) => Start | undefined;
