/**
 * The bare engine: a SavedModel run in a loop with no server around it (docs/method.md, rule 16). A process of its own, so
 * that it is started and watched like the servers it is compared with. It reads one order per line on standard input and
 * answers each with lines: `{"event":"window-start"}` and `{"event":"window-end"}` as it gets there, then
 * `{"event":"done", ...}` or `{"event":"failed","message":...}`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { requireEngine } from '../provision/require-engine.js';
import { SavedModel } from '../session/index.js';
import { runLoop, type LoopInput } from './run-loop.js';

interface Order {
  readonly concurrency: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  /** JSON: `[{ shape, data (base64 float32), expected (base64 float32) }]`. */
  readonly inputsFile: string;
  /** Written: for each run three little-endian float64: sent and done in nanoseconds from the window's start, input index. */
  readonly resultFile: string;
}
interface InputRecord {
  readonly shape: number[];
  readonly data: string;
  readonly expected: string;
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
});
console.log(JSON.stringify({ event: 'ready', tensorflow: model.tensorflowVersion }));

for await (const line of createInterface({ input: process.stdin })) {
  try {
    const order = JSON.parse(line) as Order;
    const records = JSON.parse(await readFile(order.inputsFile, 'utf8')) as InputRecord[];
    const result = await runLoop(model, records.map(inputFromRecord), {
      ...order,
      onWindowStart: () => {
        console.log(JSON.stringify({ event: 'window-start' }));
      },
      onWindowEnd: () => {
        console.log(JSON.stringify({ event: 'window-end' }));
      },
    });
    await writeFile(order.resultFile, result.rows);
    console.log(JSON.stringify({ event: 'done', runs: result.runs, wrong: result.wrong }));
  } catch (error) {
    console.log(JSON.stringify({ event: 'failed', message: error instanceof Error ? error.message : String(error) }));
  }
}
await model.close();

function inputFromRecord(record: InputRecord): LoopInput {
  const expected = Uint8Array.from(Buffer.from(record.expected, 'base64'));
  return { shape: record.shape, data: Buffer.from(record.data, 'base64'), expected: new Float32Array(expected.buffer) };
}
