import { on } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { launch as launchProcess } from '../process/index.js';
import { engineEnvironment } from './engine-environment.js';
import { limits } from './limits.js';
import type { EngineAnswer, EngineMeasurement, EngineRunner, EngineWindow, Launch } from './instance.js';

const LOOP = fileURLToPath(new URL('../../../runtime/dist/engine-loop/main.js', import.meta.url));

/** A large model on a slow disk may take this long to load. */
const START_LIMIT_MS = 120_000;

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
  const ready = await within(START_LIMIT_MS, reply()).catch(async (error: unknown) => {
    await engine.stop();
    throw error;
  });
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
    run: async ({ signature, inputs, timeoutMs, ...loop }, window) => {
      const given = give({ signature, inputs, loop }, window);
      return (await within(loop.warmupMs + loop.durationMs + timeoutMs, given)) as EngineMeasurement;
    },
    answers: async (signature, inputs) => (await give({ signature, inputs })) as readonly EngineAnswer[],
    stop: () => engine.stop(),
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
