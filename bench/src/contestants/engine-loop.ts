import { on } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch as launchProcess } from '../process/index.js';
import { engineEnvironment } from './engine-environment.js';
import { limits } from './limits.js';
import type { EngineAnswer, EngineMeasurement, EngineRunner, EngineWindow, Launch } from './instance.js';

const LOOP = fileURLToPath(new URL('../../../runtime/dist/engine-loop/main.js', import.meta.url));

/** What the process says: the result of an order comes with `done`. */
type Reply =
  | { readonly kind: 'ready'; readonly tensorflow: string }
  | { readonly kind: 'window-start' | 'window-end' }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly message: string };

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
    hasChannel: true,
    ...(logFile === undefined ? {} : { logFile }),
  });
  const replies = on(engine.child, 'message');
  const reply = async (): Promise<Reply> => {
    const { value } = (await engine.unlessItEnds(replies.next())) as IteratorYieldResult<[Reply]>;
    return value[0];
  };
  const ready = await reply();
  if (ready.kind === 'failed') throw new Error(ready.message);
  if (ready.kind !== 'ready') throw new Error('the bare engine did not say that it is ready');
  const give = async (order: object, window: EngineWindow = {}): Promise<unknown> => {
    engine.say(order);
    for (;;) {
      const answer = await reply();
      if (answer.kind === 'done') return answer.result;
      if (answer.kind === 'window-start') window.onWindowStart?.();
      else if (answer.kind === 'window-end') window.onWindowEnd?.();
      else throw new Error(`the bare engine failed: ${answer.kind === 'failed' ? answer.message : answer.kind}`);
    }
  };
  return {
    pid: engine.pid,
    tensorflow: ready.tensorflow,
    command: `node ${args.join(' ')}`,
    run: async ({ signature, inputs, ...loop }, window) =>
      (await give({ signature, inputs, loop }, window)) as EngineMeasurement,
    answers: async (signature, inputs) => (await give({ signature, inputs })) as readonly EngineAnswer[],
    stop: () => engine.stop(),
  };
}
