import { startEngineLoop, type EngineLoop, type Launch } from '../contestants/index.js';
import { answerOf, compareAnswer } from '../load/index.js';
import { inTurn, joined, MOST_REQUESTS, type Tensors } from '../requests/index.js';
import type { OwnRequest } from './fit-requests.js';
import { goldenOutputs, type OwnAnswer, type Steadiness } from './own-golden.js';
import { messageOf } from '../words/message-of.js';

/** TensorFlow itself with the model loaded, for a while. */
export interface AskedModel extends AsyncDisposable {
  readonly engine: EngineLoop;
  /** As it was typed, for messages. */
  readonly path: string;
  readonly signature: string;
  readonly widens: boolean;
}

/** @throws Error that says, for people who know the model, why TensorFlow cannot load it. */
export async function loadModel(
  launch: Launch,
  asked: Pick<AskedModel, 'path' | 'signature' | 'widens'>,
): Promise<AskedModel> {
  const engine = await startEngineLoop(launch).catch((cause: unknown) => {
    throw new Error(whyNotLoaded(asked.path, cause), { cause });
  });
  return { engine, ...asked, [Symbol.asyncDispose]: () => engine.stop() };
}

function whyNotLoaded(path: string, cause: unknown): string {
  const text = messageOf(cause);
  const [, op] = /Op type not registered '([^']+)'/.exec(text) ?? [];
  if (op !== undefined)
    return `${path} needs the op ${op}, which TensorFlow does not have by itself (TF-Text, an add-on, or one of your own): no server of this study can load it`;
  if (/SIG(?:KILL|ABRT|SEGV)|RESOURCE_EXHAUSTED|OOM/.test(text))
    return `TensorFlow ended while it loaded ${path}: most likely there is too little memory for it`;
  return `TensorFlow cannot load ${path}: ${firstLine(text)}`;
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 300);
}

/** Time for all requests of one look; a slow model is asked fewer. */
const LOOK_MS = 8000;
const LEAST_REQUESTS = 4;
/** A study makes hundreds of predictions, and gives a request up after a minute. */
const LONGEST_MS = 15_000;

/** The answers to requests, and what asking showed. */
export interface Asked {
  readonly requests: readonly OwnAnswer[];
  /** Median of one prediction without a server. */
  readonly oneMs: number;
  /** Outputs that differ from call to call. */
  readonly varying: ReadonlySet<string>;
}

/**
 * Asks TensorFlow for the answers, twice: what differs then differs for everybody. Of many requests some are taken, evenly:
 * so many, or as many as there is time for.
 * @throws Error that names the request which the model refuses, with TensorFlow's own text; or for a model that is too slow.
 */
export async function askModel(model: AskedModel, all: readonly OwnRequest[], wanted?: number): Promise<Asked> {
  await answersOf(model, all.slice(0, 1));
  const [{ ms } = { ms: 0 }] = await answersOf(model, all.slice(0, 1));
  if (ms > LONGEST_MS)
    throw new Error(
      `one prediction takes ${(ms / 1000).toPrecision(2)} s: a study, which makes hundreds of them, bears up to ${LONGEST_MS / 1000} s`,
    );
  const count = Math.min(all.length, wanted ?? Math.min(MOST_REQUESTS, inTime(ms)));
  const used = Array.from({ length: count }, (_, at) => all[Math.floor((at * all.length) / count)]).filter(
    (request) => request !== undefined,
  );
  const [first, second] = [await answersOf(model, used), await answersOf(model, used)];
  const varying = new Set(
    first.flatMap(({ outputs }, at) => differing(outputs, second[at]?.outputs ?? new Map(), model.widens)),
  );
  const requests = withAnswers(first, { varying, widens: model.widens });
  const times = second.map((each) => each.ms).sort((a, b) => a - b);
  return { requests, varying, oneMs: times[Math.floor(times.length / 2)] ?? ms };
}

/** How many requests of so many ms are asked in a look. */
function inTime(ms: number): number {
  return Math.max(LEAST_REQUESTS, Math.floor(LOOK_MS / Math.max(ms, 0.1)));
}

/** Requests of so many instances each, of about `expectedMs`, and the mean milliseconds they take. */
export async function askInBatches(
  model: AskedModel,
  { requests, varying }: Asked,
  batch: number,
  expectedMs: number,
): Promise<{ readonly requests: readonly OwnAnswer[]; readonly ms: number }> {
  const wanted = requests.slice(0, inTime(expectedMs)).map(({ where }, first): OwnRequest => ({
    where: `${where} and ${batch - 1} more`,
    inputs: joined(inTurn(requests, first, batch).map(({ inputs }) => inputs)),
  }));
  const answers = await answersOf(model, wanted);
  const answered = withAnswers(answers, { varying, widens: model.widens });
  return { requests: answered, ms: answers.reduce((sum, { ms }) => sum + ms, 0) / answers.length };
}

interface Answered {
  readonly request: OwnRequest;
  readonly ms: number;
  readonly outputs: Tensors;
}

async function answersOf(
  { engine, signature, path }: AskedModel,
  requests: readonly OwnRequest[],
): Promise<Answered[]> {
  const answers = await engine.answers(
    signature,
    requests.map(({ inputs }) => inputs),
  );
  return requests.map((request, at) => {
    const answer = answers[at] ?? { message: 'it was not answered' };
    if ('outputs' in answer) return { request, ...answer };
    const hint =
      request.body === undefined
        ? '; give requests that it takes with --requests, or other values with --dims and --range'
        : '';
    throw new Error(`${request.where} fails inside ${path}: ${firstLine(answer.message)}${hint}`);
  });
}

function withAnswers(answered: readonly Answered[], steadiness: Steadiness): OwnAnswer[] {
  return answered.map(({ request, outputs }) => ({ ...request, outputs: goldenOutputs(outputs, steadiness) }));
}

/** Whether the second is right where the first is. */
export function isAlike(first: OwnAnswer, second: OwnAnswer): boolean {
  const outputs = new Map(second.outputs.map(({ name, tensor }) => [name, tensor]));
  return compareAnswer(first.outputs, answerOf(outputs)).difference === undefined;
}

function differing(first: Tensors, second: Tensors, widens: boolean): string[] {
  return goldenOutputs(first, { varying: new Set(), widens })
    .filter((output) => compareAnswer([output], answerOf(second)).difference !== undefined)
    .map(({ name }) => name);
}
