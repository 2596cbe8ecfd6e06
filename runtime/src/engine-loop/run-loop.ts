import { TensorFlowError, type SavedModel, type TensorValue } from '../session/index.js';

export interface LoopInput {
  readonly shape: readonly number[];
  /** Little-endian float32. */
  readonly data: Uint8Array;
  readonly expected: Float32Array;
}

export interface LoopResult {
  /** Three little-endian float64 per run: sent, done (ns from the window's start), input index. */
  readonly rows: Uint8Array;
  readonly runs: number;
  /** Runs whose prediction was not the expected one. */
  readonly wrong: number;
}

/** As the study's generator checks answers: absolute 1e-5 plus relative 1e-4. */
const ABSOLUTE = 1e-5;
const RELATIVE = 1e-4;

export interface LoopOrder {
  readonly concurrency: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  /** At the ends of the window: for whoever watches what the process uses. */
  readonly onWindowStart?: () => void;
  readonly onWindowEnd?: () => void;
}

/** Closed loop on the default signature of a model with one float input and one output: each of N workers waits for its run. */
export async function runLoop(model: SavedModel, inputs: readonly LoopInput[], order: LoopOrder): Promise<LoopResult> {
  const signature = model.signatures.get('serving_default');
  const [feed] = signature?.inputs.values() ?? [];
  const [fetch] = signature?.outputs.values() ?? [];
  if (feed === undefined || fetch === undefined)
    throw new TensorFlowError(
      'FAILED_PRECONDITION',
      'the model has no serving_default signature with an input and an output',
    );
  const rows: number[] = [];
  let wrong = 0;
  let next = 0;
  const windowStart = performance.now() + order.warmupMs;
  const end = windowStart + order.durationMs;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const index = next % inputs.length;
      next += 1;
      const input = inputs[index];
      if (input === undefined) throw new Error('the order has no inputs');
      const feeds = new Map<string, TensorValue>([
        [feed.tensorName, { dtype: 'float', shape: input.shape, data: input.data }],
      ]);
      const sent = performance.now();
      const [output] = await model.run(feeds, [fetch.tensorName]);
      const done = performance.now();
      if (sent < windowStart || done > end) continue;
      rows.push((sent - windowStart) * 1e6, (done - windowStart) * 1e6, index);
      if (!agrees(output, input.expected)) wrong += 1;
    }
  };
  const started = setTimeout(() => order.onWindowStart?.(), order.warmupMs);
  await Promise.all(Array.from({ length: order.concurrency }, worker)).finally(() => {
    clearTimeout(started);
  });
  order.onWindowEnd?.();
  return { rows: new Uint8Array(Float64Array.from(rows).buffer), runs: rows.length / 3, wrong };
}

function agrees(output: TensorValue | undefined, expected: Float32Array): boolean {
  if (output?.dtype !== 'float') return false;
  const got = new Float32Array(output.data.buffer, output.data.byteOffset, output.data.byteLength / 4);
  return (
    got.length === expected.length &&
    got.every(
      (value, index) =>
        Math.abs(value - (expected[index] ?? NaN)) <= ABSOLUTE + RELATIVE * Math.abs(expected[index] ?? NaN),
    )
  );
}
