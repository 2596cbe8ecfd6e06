import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { launch as launchProcess, temporaryFolder } from '../process/index.js';
import type { Tensors } from '../requests/index.js';
import { engineEnvironment } from './engine-environment.js';
import { limits } from './limits.js';
import type { EngineAnswer, EngineMeasurement, EngineOrder, EngineRunner, EngineWindow, Launch } from './instance.js';
import { tensorsJson, tensorsSchema } from './tensor-json.js';

const LOOP = fileURLToPath(new URL('../../../runtime/dist/engine-loop/main.js', import.meta.url));

/** A large model on a slow disk may take this long to load. */
const START_LIMIT_MS = 120_000;

const replySchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('ready'), tensorflow: z.string() }),
  z.object({ event: z.enum(['window-start', 'window-end']) }),
  z.object({ event: z.literal('done') }),
  z.object({ event: z.literal('failed'), message: z.string() }),
]);
type Reply = z.infer<typeof replySchema>;

const loopAnswersSchema = z.array(z.object({ input: z.int(), runs: z.int(), outputs: tensorsSchema }));
const answersSchema = z.array(
  z.union([z.object({ ms: z.number(), outputs: tensorsSchema }), z.object({ message: z.string() })]),
);

export interface EngineLoop extends EngineRunner {
  readonly pid: number;
  readonly tensorflow: string;
  readonly command: string;
  stop(): Promise<void>;
}

/** Starts the process that runs the SavedModel with no server around it. */
export async function startEngineLoop(launch: Launch, logFile?: string): Promise<EngineLoop> {
  const { intraOpThreads = 0, interOpThreads = 0 } = launch.factors;
  const args = [
    LOOP,
    join(launch.modelBasePath, String(launch.modelVersion)),
    String(intraOpThreads),
    String(interOpThreads),
  ];
  const engine = launchProcess({
    name: 'the bare engine',
    command: process.execPath,
    args,
    env: { ...engineEnvironment(launch), UV_THREADPOOL_SIZE: '16' },
    ...limits(launch),
    hears: 'lines',
    ...(logFile === undefined ? {} : { logFile }),
  });
  const lines = engine.lines()[Symbol.asyncIterator]();
  const reply = async (): Promise<Reply> => {
    const line: IteratorResult<string, unknown> = await lines.next();
    if (line.done === true) throw (await engine.ended).error;
    return replySchema.parse(JSON.parse(line.value));
  };
  const ready = await within(START_LIMIT_MS, reply()).catch(async (error: unknown) => {
    await engine.stop();
    throw error;
  });
  if (ready.event === 'failed') throw new Error(ready.message);
  if (ready.event !== 'ready') throw new Error('the bare engine did not say that it is ready');
  const give: GiveOrder = async (order, inputs, window = {}) => {
    engine.child.stdin?.write(
      `${JSON.stringify({ ...order, inputsFile: await inputsFileOf(inputs, order.folder) })}\n`,
    );
    for (let answer = await reply(); answer.event !== 'done'; answer = await reply()) {
      if (answer.event === 'window-start') window.onWindowStart?.();
      else if (answer.event === 'window-end') window.onWindowEnd?.();
      else throw new Error(`the bare engine failed: ${answer.event === 'failed' ? answer.message : answer.event}`);
    }
  };
  return {
    pid: engine.pid,
    tensorflow: ready.tensorflow,
    command: `node ${args.join(' ')}`,
    run: (runs, window = {}) => runLoop(runs, window, give),
    answers: (signature, inputs) => answersTo(signature, inputs, give),
    stop: () => engine.stop(),
  };
}

type GiveOrder = (
  order: { readonly signature: string; readonly answersFile: string; readonly folder: string; readonly loop?: object },
  inputs: readonly Tensors[],
  window?: EngineWindow,
) => Promise<void>;

async function inputsFileOf(inputs: readonly Tensors[], folder: string): Promise<string> {
  const file = join(folder, 'inputs.json');
  await writeFile(file, JSON.stringify(inputs.map(tensorsJson)));
  return file;
}

async function answersTo(
  signature: string,
  inputs: readonly Tensors[],
  give: GiveOrder,
): Promise<readonly EngineAnswer[]> {
  await using folder = await temporaryFolder('serving-study-');
  const answersFile = join(folder.path, 'answers.json');
  await give({ signature, answersFile, folder: folder.path }, inputs);
  return answersSchema.parse(JSON.parse(await readFile(answersFile, 'utf8')));
}

async function runLoop(
  { signature, concurrency, warmupMs, durationMs, timeoutMs, inputs }: EngineOrder,
  window: EngineWindow,
  give: GiveOrder,
): Promise<EngineMeasurement> {
  await using folder = await temporaryFolder('serving-study-');
  const [answersFile, rowsFile] = [join(folder.path, 'answers.json'), join(folder.path, 'rows.bin')];
  const loop = { concurrency, warmupMs, durationMs, rowsFile };
  const done = give({ signature, answersFile, folder: folder.path, loop }, inputs, window);
  await within(warmupMs + durationMs + timeoutMs, done);
  const bytes = Uint8Array.from(await readFile(rowsFile));
  const rows = new Float64Array(bytes.buffer);
  return {
    sentAtNs: rows.filter((_, index) => index % 3 === 0),
    doneAtNs: rows.filter((_, index) => index % 3 === 1),
    input: Uint32Array.from(rows.filter((_, index) => index % 3 === 2)),
    answers: loopAnswersSchema.parse(JSON.parse(await readFile(answersFile, 'utf8'))),
  };
}

/** @throws Error when it takes longer: an engine that hangs says nothing. */
async function within<T>(limitMs: number, wanted: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = delay(limitMs, undefined, { signal: over.signal }).then((): never => {
    throw new Error(`the bare engine gave no answer within ${limitMs / 1000} s`);
  });
  try {
    return await Promise.race([wanted, late]);
  } finally {
    over.abort();
  }
}
