import type { FromGenerator, ToGenerator } from './generator-messages.js';
import { driveTrial } from './trial/drive-trial.js';
import type { TrialSpec } from './trial-spec.js';

// The generator's own process: nothing that the study does (progress, reading files, other servers' logs) can delay its
// requests, and its CPU time is its own (method rule 5). Started by startGenerator, spoken to by messages.

const tell = (message: FromGenerator): void => {
  process.send?.(message);
};
let cut: AbortController | undefined;

async function run(spec: TrialSpec): Promise<void> {
  cut = new AbortController();
  try {
    const outcome = await driveTrial(
      spec,
      {
        onWindowStart: (startedAt, startedAtNs) => {
          tell({ kind: 'window-start', startedAt, startedAtNs });
        },
        onWindowEnd: () => {
          tell({ kind: 'window-end' });
        },
      },
      cut.signal,
    );
    // Now, so that the garbage of one trial is not collected during the next.
    globalThis.gc?.();
    tell({ kind: 'done', outcome });
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

process.on('message', (message: ToGenerator) => {
  if (message.kind === 'cut') cut?.abort();
  else void run(message.spec);
});
// Ctrl-C reaches the whole process group: the study decides what to do about it and says so.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => {
  cut?.abort();
  setTimeout(() => process.exit(0), 1000).unref();
});
tell({ kind: 'ready' });
