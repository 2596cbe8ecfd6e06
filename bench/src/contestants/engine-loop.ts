import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { launch as launchProcess } from '../process/index.js';
import { engineEnvironment } from './engine-environment.js';
import { limits } from './limits.js';
import type { EngineMeasurement, EngineOrder, EngineRunner, EngineWindow, Launch } from './instance.js';

const LOOP = fileURLToPath(new URL('../../../runtime/dist/engine-loop/main.js', import.meta.url));

const replySchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('ready'), tensorflow: z.string() }),
  z.object({ event: z.enum(['window-start', 'window-end']) }),
  z.object({ event: z.literal('done'), runs: z.int(), wrong: z.int() }),
  z.object({ event: z.literal('failed'), message: z.string() }),
]);
type Reply = z.infer<typeof replySchema>;

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
  const ready = await reply();
  if (ready.event !== 'ready') throw new Error('the bare engine did not say that it is ready');
  return {
    pid: engine.pid,
    tensorflow: ready.tensorflow,
    command: `node ${args.join(' ')}`,
    run: (order, window = {}) => runOrder(order, window, (line) => engine.child.stdin?.write(line), reply),
    stop: () => engine.stop(),
  };
}

async function runOrder(
  order: EngineOrder,
  window: EngineWindow,
  write: (line: string) => void,
  reply: () => Promise<Reply>,
): Promise<EngineMeasurement> {
  const folder = await mkdtemp(join(tmpdir(), 'serving-study-'));
  try {
    const [inputsFile, resultFile] = [join(folder, 'inputs.json'), join(folder, 'result.bin')];
    await writeFile(
      inputsFile,
      JSON.stringify(
        order.inputs.map(({ shape, data, expected }) => ({
          shape,
          data: data.toString('base64'),
          expected: Buffer.from(expected.buffer, expected.byteOffset, expected.byteLength).toString('base64'),
        })),
      ),
    );
    const { concurrency, warmupMs, durationMs } = order;
    write(`${JSON.stringify({ concurrency, warmupMs, durationMs, inputsFile, resultFile })}\n`);
    let answer = await reply();
    for (; answer.event === 'window-start' || answer.event === 'window-end'; answer = await reply()) {
      if (answer.event === 'window-start') window.onWindowStart?.();
      else window.onWindowEnd?.();
    }
    if (answer.event !== 'done')
      throw new Error(`the bare engine failed: ${answer.event === 'failed' ? answer.message : answer.event}`);
    const bytes = Uint8Array.from(await readFile(resultFile));
    const rows = new Float64Array(bytes.buffer);
    return {
      sentAtNs: rows.filter((_, index) => index % 3 === 0),
      doneAtNs: rows.filter((_, index) => index % 3 === 1),
      input: Uint32Array.from(rows.filter((_, index) => index % 3 === 2)),
      wrong: answer.wrong,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
