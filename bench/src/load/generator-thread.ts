import { parentPort, workerData } from 'node:worker_threads';
import type { FromGenerator, NamedRequests, ToThread, TrialOrder } from './generator-messages.js';
import { KeptConnections } from './trial/connections.js';
import { driveTrial, type TrialContext } from './trial/drive-trial.js';
import type { PreparedRequest } from './trial-spec.js';

// The thread that runs trials, one after another. Its flag says that the trial under way is to end.

const { cut } = workerData as { readonly cut: Int32Array };
const port = parentPort;
if (port === null) throw new Error('generator-thread.js is a worker thread: generator-process.js starts it');
const tell = (message: FromGenerator): void => {
  port.postMessage(message);
};

const connections = new KeptConnections();
const kept = new Map<number, readonly PreparedRequest[]>();

function requestsOf({ name, requests, forget }: NamedRequests): readonly PreparedRequest[] {
  for (const each of forget) kept.delete(each);
  if (requests !== undefined) kept.set(name, requests);
  return kept.get(name) ?? [];
}

async function run({ spec, requests }: TrialOrder): Promise<void> {
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
