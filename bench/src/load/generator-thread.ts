import { parentPort, workerData } from 'node:worker_threads';
import type { FromGenerator } from './generator-messages.js';
import { driveTrial } from './trial/drive-trial.js';
import type { TrialSpec } from './trial-spec.js';

// The thread that runs trials, one after another. Its flag says that the trial under way is to end.

const { cut } = workerData as { readonly cut: Int32Array };
const port = parentPort;
if (port === null) throw new Error('generator-thread.js is a worker thread: generator-process.js starts it');
const tell = (message: FromGenerator): void => {
  port.postMessage(message);
};

async function run(spec: TrialSpec): Promise<void> {
  try {
    const outcome = await driveTrial(spec, {
      onWindowStart: (startedAt, startedAtNs) => {
        tell({ kind: 'window-start', startedAt, startedAtNs });
      },
      onWindowEnd: () => {
        tell({ kind: 'window-end' });
      },
      isCut: () => Atomics.load(cut, 0) === 1,
    });
    // Now, so that the garbage of one trial is not collected during the next.
    globalThis.gc?.();
    tell({ kind: 'done', outcome });
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    tell({ kind: 'failed', message, stack });
  }
}

port.on('message', (spec: TrialSpec) => {
  void run(spec);
});
tell({ kind: 'ready' });
