import { parentPort, workerData } from 'node:worker_threads';
import { FLAGS, type FromGenerator, type ToThread, type TrialOrder } from './generator-messages.js';
import { keptRequests } from './request-names.js';
import { KeptConnections } from './trial/connections.js';
import { driveTrial, type TrialContext } from './trial/drive-trial.js';

// The thread that runs trials, one after another. Flags say that the trial under way is to begin its window, or to end.

const { flags } = workerData as { readonly flags: Int32Array };
const port = parentPort;
if (port === null) throw new Error('generator-thread.js is a worker thread: generator-process.js starts it');
const tell = (message: FromGenerator): void => {
  port.postMessage(message);
};

const connections = new KeptConnections();
const requestsOf = keptRequests();

async function run({ spec, requests }: TrialOrder): Promise<void> {
  try {
    const context: TrialContext = {
      onWarm: () => {
        tell({ kind: 'warm' });
      },
      isStarted: () => Atomics.load(flags, FLAGS.start) === 1,
      onWindowStart: (startedAt, startedAtNs) => {
        tell({ kind: 'window-start', startedAt, startedAtNs });
      },
      onWindowEnd: () => {
        tell({ kind: 'window-end' });
      },
      isCut: () => Atomics.load(flags, FLAGS.cut) === 1,
    };
    const outcome = await driveTrial({ ...spec, requests: requestsOf(requests) }, context, connections);
    // Now, so that the garbage of one trial is not collected during the next.
    globalThis.gc?.();
    tell({ kind: 'done', outcome });
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    tell({ kind: 'failed', message, stack });
  }
}

port.on('message', (message: ToThread) => {
  if (message.kind === 'run') void run(message.order);
  else connections.close();
});
tell({ kind: 'ready' });
