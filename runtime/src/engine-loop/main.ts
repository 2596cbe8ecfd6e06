/**
 * The bare engine: a SavedModel run with no server around it (docs/method.md, rule 16). A process of its own, so that it is
 * started and watched like the servers it is compared with. It reads one order per line on standard input: a loop, answered by
 * `{"event":"window-start"}` and `{"event":"window-end"}` as it gets there and then `{"event":"done", ...}`; or `answers`, each
 * input once. What goes wrong is `{"event":"failed","message":...}`, a model that does not load included.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { requireEngine } from '../engine/require-engine.js';
import { SavedModel } from '../session/saved-model.js';
import { runLoop, runOnce, type LoopInput } from './run-loop.js';
import { tensorFromJson, tensorToJson, type TensorJson } from './tensor-json.js';

type TensorsJson = Readonly<Record<string, TensorJson>>;

interface Order {
  readonly signature: string;
  /** JSON: for each input its tensors by alias. */
  readonly inputsFile: string;
  /** Written, JSON. A loop: `[{ input, runs, outputs }]`. Answers: for each input `{ ms, outputs }` or `{ message }`. */
  readonly answersFile: string;
  /** Absent: each input is run once. */
  readonly loop?: {
    readonly concurrency: number;
    readonly warmupMs: number;
    readonly durationMs: number;
    /** Written: for each run three little-endian float64: sent and done in nanoseconds from the window's start, input index. */
    readonly rowsFile: string;
  };
}

function say(event: object): void {
  console.log(JSON.stringify(event));
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const directory = process.argv[2];
if (directory === undefined) {
  console.error('usage: node engine-loop/main.js SAVED_MODEL_DIRECTORY [INTRA_OP_THREADS [INTER_OP_THREADS]]');
  process.exit(2);
}
const engine = await requireEngine();
const model = await SavedModel.load(directory, {
  library: engine.library,
  intraOpThreads: Number(process.argv[3] ?? 0),
  interOpThreads: Number(process.argv[4] ?? 0),
}).catch((error: unknown) => {
  say({ event: 'failed', message: wordsOf(error) });
  process.exit(1);
});
say({ event: 'ready', tensorflow: model.tensorflowVersion });

for await (const line of createInterface({ input: process.stdin })) {
  try {
    const order = JSON.parse(line) as Order;
    const records = JSON.parse(await readFile(order.inputsFile, 'utf8')) as TensorsJson[];
    const inputs = records.map(
      (tensors): LoopInput => new Map(Object.entries(tensors).map(([alias, json]) => [alias, tensorFromJson(json)])),
    );
    await writeFile(order.answersFile, JSON.stringify(await carryOut(order, inputs)));
    say({ event: 'done' });
  } catch (error) {
    say({ event: 'failed', message: wordsOf(error) });
  }
}
await model.close();

async function carryOut({ signature, loop }: Order, inputs: readonly LoopInput[]): Promise<object[]> {
  if (loop === undefined) {
    const answers = [];
    for (const input of inputs)
      answers.push(
        await runOnce(model, signature, input).then(
          ({ ms, outputs }) => ({ ms, outputs: outputsJson(outputs) }),
          (error: unknown) => ({ message: wordsOf(error) }),
        ),
      );
    return answers;
  }
  const { rows, answers } = await runLoop(model, inputs, {
    ...loop,
    signature,
    onWindowStart: () => {
      say({ event: 'window-start' });
    },
    onWindowEnd: () => {
      say({ event: 'window-end' });
    },
  });
  await writeFile(loop.rowsFile, rows);
  return answers.map(({ input, runs, outputs }) => ({ input, runs, outputs: outputsJson(outputs) }));
}

function outputsJson(outputs: LoopInput): TensorsJson {
  return Object.fromEntries([...outputs].map(([alias, value]) => [alias, tensorToJson(value)]));
}
