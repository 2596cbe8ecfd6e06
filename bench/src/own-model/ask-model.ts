import { startEngineLoop, type EngineLoop, type Launch } from '../contestants/index.js';
import { compareAnswer, DEFAULT_TOLERANCE } from '../load/index.js';
import { elementsOf, MOST_REQUESTS, type Tensors } from '../requests/index.js';
import type { OwnRequest } from './fit-requests.js';
import { goldenOutputs, joined, type AnsweredRequest } from './own-golden.js';

/** TensorFlow itself with the model loaded, for a while. */
export interface AskedModel extends AsyncDisposable {
  readonly engine: EngineLoop;
  readonly signature: string;
  readonly widens: boolean;
}

/** @throws Error that says, for people who know the model, why TensorFlow cannot load it. */
export async function loadModel(
  launch: Launch,
  { path, ...asked }: Pick<AskedModel, 'signature' | 'widens'> & { readonly path: string },
): Promise<AskedModel> {
  const engine = await startEngineLoop(launch).catch((cause: unknown) => {
    throw new Error(whyNotLoaded(path, cause), { cause });
  });
  return { engine, ...asked, [Symbol.asyncDispose]: () => engine.stop() };
}

function whyNotLoaded(path: string, cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
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
const LOOK_MS = 15_000;
const LEAST_REQUESTS = 4;

/** The answers to requests, and what asking showed. */
export interface Asked {
  readonly requests: readonly AnsweredRequest[];
  /** Median of one prediction without a server. */
  readonly oneMs: number;
  /** Outputs that differ from call to call. */
  readonly varying: ReadonlySet<string>;
}

/**
 * Asks TensorFlow for the answers, twice: what differs then differs for everybody. Of many requests some are taken, evenly.
 * @throws Error that names the request which the model refuses, with TensorFlow's own text.
 */
export async function askModel(model: AskedModel, all: readonly OwnRequest[]): Promise<Asked> {
  await answersOf(model, all.slice(0, 1));
  const [{ ms } = { ms: 0 }] = await answersOf(model, all.slice(0, 1));
  const count = Math.min(all.length, MOST_REQUESTS, Math.max(LEAST_REQUESTS, Math.floor(LOOK_MS / Math.max(ms, 0.1))));
  const used = Array.from({ length: count }, (_, at) => all[Math.floor((at * all.length) / count)]).filter(
    (request) => request !== undefined,
  );
  const [first, second] = [await answersOf(model, used), await answersOf(model, used)];
  const varying = new Set(
    first.flatMap(({ outputs }, at) => differing(outputs, second[at]?.outputs ?? new Map(), model.widens)),
  );
  const requests = used.map((request, at) => ({
    ...request,
    outputs: goldenOutputs(first[at]?.outputs ?? new Map(), { varying, widens: model.widens }),
  }));
  const times = second.map((each) => each.ms).sort((a, b) => a - b);
  return { requests, varying, oneMs: times[Math.floor(times.length / 2)] ?? ms };
}

/** Requests of so many instances each, and the mean milliseconds they take. */
export async function askInBatches(
  model: AskedModel,
  requests: readonly AnsweredRequest[],
  batch: number,
  varying: ReadonlySet<string>,
): Promise<{ readonly requests: readonly AnsweredRequest[]; readonly ms: number }> {
  const wanted = requests.map(({ where }, first): OwnRequest => {
    const own = Array.from({ length: batch }, (_, offset) => requests[(first + offset) % requests.length]);
    return { where: `${where} and ${batch - 1} more`, inputs: joined(own.filter((each) => each !== undefined)) };
  });
  const answers = await answersOf(model, wanted);
  const answered = wanted.map((request, at) => ({
    ...request,
    outputs: goldenOutputs(answers[at]?.outputs ?? new Map(), { varying, widens: model.widens }),
  }));
  return { requests: answered, ms: answers.reduce((sum, { ms }) => sum + ms, 0) / answers.length };
}

interface Answered {
  readonly ms: number;
  readonly outputs: Tensors;
}

async function answersOf({ engine, signature }: AskedModel, requests: readonly OwnRequest[]): Promise<Answered[]> {
  const answers = await engine.answers(
    signature,
    requests.map(({ inputs }) => inputs),
  );
  return answers.map((answer, at) => {
    if ('outputs' in answer) return answer;
    const { where = 'a request', body } = requests[at] ?? {};
    const hint =
      body === undefined
        ? '; give requests that it takes with --requests, or other values with --dims and --range'
        : '';
    throw new Error(`${where} fails inside the model: ${firstLine(answer.message)}${hint}`);
  });
}

function differing(first: Tensors, second: Tensors, widens: boolean): string[] {
  return goldenOutputs(first, { varying: new Set(), widens }).flatMap((output) => {
    const other = second.get(output.name);
    const outputs = new Map(other === undefined ? [] : [[output.name, elementsOf(other)]]);
    return compareAnswer([output], { outputs, version: 0 }, DEFAULT_TOLERANCE).difference === undefined
      ? []
      : [output.name];
  });
}
