import type { SavedModel } from '../session/saved-model.js';
import { requireSignature } from '../signature.js';
import type { TensorValue } from '../tensor-value.js';
import { TensorFlowError } from '../tensorflow-error.js';

/** One request: tensors by the aliases of the signature. */
export type LoopInput = ReadonlyMap<string, TensorValue>;

/** What the model gave for an input, and in how many runs. */
export interface LoopAnswer {
  readonly input: number;
  readonly outputs: ReadonlyMap<string, TensorValue>;
  runs: number;
}

export interface LoopResult {
  /** Nanoseconds from the start of the window, run by run. */
  readonly sentAtNs: Float64Array;
  readonly doneAtNs: Float64Array;
  readonly input: Uint32Array;
  /** The different answers, up to `REMEMBERED` for an input; nothing is compared here. */
  readonly answers: readonly LoopAnswer[];
}

/** The same prediction may differ in its last digits from run to run. */
const REMEMBERED = 8;

export interface LoopOrder {
  readonly signature: string;
  readonly concurrency: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  /** At the ends of the window: for whoever watches what the process uses. */
  readonly onWindowStart?: () => void;
  readonly onWindowEnd?: () => void;
}

/** Closed loop on one signature of a model: each of N workers waits for its run. */
export async function runLoop(model: SavedModel, inputs: readonly LoopInput[], order: LoopOrder): Promise<LoopResult> {
  const run = runnerOf(model, order.signature);
  const [sentAtNs, doneAtNs, indexes]: [number[], number[], number[]] = [[], [], []];
  const answers: LoopAnswer[][] = inputs.map(() => []);
  let next = 0;
  const windowStart = performance.now() + order.warmupMs;
  const end = windowStart + order.durationMs;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const index = next % inputs.length;
      next += 1;
      const input = inputs[index];
      if (input === undefined) throw new Error('the order has no inputs');
      const ready = run(input);
      const sent = performance.now();
      const outputs = await ready();
      const done = performance.now();
      // Like a request to a server: of the window when it was begun in it.
      if (sent < windowStart) continue;
      sentAtNs.push((sent - windowStart) * 1e6);
      doneAtNs.push((done - windowStart) * 1e6);
      indexes.push(index);
      remember(answers[index] ?? [], index, outputs());
    }
  };
  const started = setTimeout(() => order.onWindowStart?.(), order.warmupMs);
  await Promise.all(Array.from({ length: order.concurrency }, worker)).finally(() => {
    clearTimeout(started);
  });
  order.onWindowEnd?.();
  return {
    sentAtNs: Float64Array.from(sentAtNs),
    doneAtNs: Float64Array.from(doneAtNs),
    input: Uint32Array.from(indexes),
    answers: answers.flat(),
  };
}

/** Milliseconds of one run, and what the model gave. */
export async function runOnce(
  model: SavedModel,
  signature: string,
  input: LoopInput,
): Promise<{ readonly ms: number; readonly outputs: ReadonlyMap<string, TensorValue> }> {
  const ready = runnerOf(model, signature)(input);
  const sent = performance.now();
  const outputs = await ready();
  return { ms: performance.now() - sent, outputs: outputs() };
}

type Outputs = () => ReadonlyMap<string, TensorValue>;

/** Runs of a signature in three steps, so that only the run itself is timed: feeds, run, outputs by alias. */
function runnerOf(model: SavedModel, signatureName: string): (input: LoopInput) => () => Promise<Outputs> {
  const { inputs, outputs } = requireSignature(model.signatures, signatureName);
  const aliases = [...outputs.keys()];
  const fetches = [...outputs.values()].map(({ tensorName }) => tensorName);
  return (input) => {
    const feeds = new Map(
      [...inputs].map(([alias, { tensorName }]) => {
        const value = input.get(alias);
        if (value === undefined) throw new TensorFlowError('INVALID_ARGUMENT', `input ${alias} is missing`);
        return [tensorName, value];
      }),
    );
    return async () => {
      const values = await model.run(feeds, fetches);
      return () => new Map(values.map((value, at) => [aliases[at] ?? '', value]));
    };
  };
}

function remember(known: LoopAnswer[], input: number, outputs: LoopAnswer['outputs']): void {
  const same = known.find((answer) =>
    [...answer.outputs].every(([alias, value]) => {
      const other = outputs.get(alias);
      return other !== undefined && sameTensor(value, other);
    }),
  );
  if (same !== undefined) same.runs += 1;
  else if (known.length < REMEMBERED) known.push({ input, outputs, runs: 1 });
}

/** Whether both have the same type, shape and bytes. */
function sameTensor(one: TensorValue, other: TensorValue): boolean {
  if (one.dtype !== other.dtype || one.shape.join() !== other.shape.join()) return false;
  if (one.dtype === 'string' || other.dtype === 'string')
    return (
      'strings' in one &&
      'strings' in other &&
      one.strings.every((text, at) => Buffer.compare(text, other.strings[at] ?? Buffer.alloc(0)) === 0)
    );
  return Buffer.compare(one.data, other.data) === 0;
}
