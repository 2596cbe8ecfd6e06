import { parentPort, workerData } from 'node:worker_threads';
import type { FromGenerator, ToGenerator } from './generator-messages.js';
import { KeptConnections } from './trial/connections.js';
import { driveTrial, type TrialContext } from './trial/drive-trial.js';
import type { TrialSpec } from './trial-spec.js';

// The thread that runs trials, one after another. Its flag says that the trial under way is to end.

const { cut } = workerData as { readonly cut: Int32Array };
const kept = new KeptConnections();
const port = parentPort;
if (port === null) throw new Error('generator-thread.js is a worker thread: generator-process.js starts it');
const tell = (message: FromGenerator): void => {
  port.postMessage(message);
};

async function run(spec: TrialSpec): Promise<void> {
  try {
    const context: TrialContext = {
      onWindowStart: (startedAt, startedAtNs) => {
        tell({ kind: 'window-start', startedAt, startedAtNs });
      },
      onWindowEnd: () => {
        tell({ kind: 'window-end' });
      },
      isCut: () => Atomics.load(cut, 0) === 1,
    };
    const outcome = await driveTrial(spec, context, kept);
    // Now, so that the garbage of one trial is not collected during the next.
    globalThis.gc?.();
    tell({ kind: 'done', outcome });
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    tell({ kind: 'failed', message, stack });
  }
}

port.on('message', (message: Exclude<ToGenerator, { kind: 'cut' }>) => {
  if (message.kind === 'run') void run(message.spec);
  else kept.close();
});
tell({ kind: 'ready' });
