/**
 * The bare engine: a SavedModel run with no server around it (docs/method.md, rule 16). A process of its own, so that it is
 * started and watched like the servers it is compared with. It says `ready`, then carries out one order after another, each a
 * message of node's channel: a loop, whose window it tells by `window-start` and `window-end`; or each input once. It answers
 * with `done` and the result. What goes wrong is `failed` with a message, a model that does not load included.
 */
import { requireEngine } from '../engine/require-engine.js';
import { SavedModel } from '../session/saved-model.js';
import { runLoop, runOnce, type LoopInput, type LoopOrder } from './run-loop.js';

interface Order extends Pick<LoopOrder, 'signature'> {
  readonly inputs: readonly LoopInput[];
  /** Absent: each input is run once. */
  readonly loop?: Pick<LoopOrder, 'concurrency' | 'warmupMs' | 'durationMs'>;
}

function say(message: object, then = (): void => undefined): void {
  process.send?.(message, then);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const directory = process.argv[2];
if (directory === undefined || process.send === undefined) {
  console.error('the bench starts it: engine-loop/main.js SAVED_MODEL_DIRECTORY [INTRA_OP_THREADS [INTER_OP_THREADS]]');
  process.exit(2);
}
const engine = await requireEngine();
const model = await SavedModel.load(directory, {
  library: engine.library,
  intraOpThreads: Number(process.argv[3] ?? 0),
  interOpThreads: Number(process.argv[4] ?? 0),
}).catch((error: unknown): undefined => {
  say({ kind: 'failed', message: wordsOf(error) }, () => process.exit(1));
});
if (model !== undefined) {
  process.on('message', (order: Order) => {
    carryOut(model, order).then(
      (result) => {
        say({ kind: 'done', result });
      },
      (error: unknown) => {
        say({ kind: 'failed', message: wordsOf(error) });
      },
    );
  });
  say({ kind: 'ready', tensorflow: model.tensorflowVersion });
}

async function carryOut(model: SavedModel, { signature, inputs, loop }: Order): Promise<object> {
  if (loop !== undefined)
    return await runLoop(model, inputs, {
      ...loop,
      signature,
      onWindowStart: () => {
        say({ kind: 'window-start' });
      },
      onWindowEnd: () => {
        say({ kind: 'window-end' });
      },
    });
  const answers = [];
  for (const input of inputs)
    answers.push(await runOnce(model, signature, input).catch((error: unknown) => ({ message: wordsOf(error) })));
  return answers;
}
