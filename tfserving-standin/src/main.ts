import { availableParallelism } from 'node:os';
import { requireEngine } from '@serving-study/runtime';
import { parseFlags } from './cli/parse-flags.js';
import { stderrLog } from './cli/stderr-log.js';
import { restartWithThreadPool, threadPoolSize } from './cli/thread-pool.js';
import { usage } from './cli/usage.js';
import { versionText } from './cli/version-text.js';
import { StatusError } from './status-error.js';

/** As the real server, which returns -1. */
const FAILED = 255;

const cpus = availableParallelism();
const parsed = parseFlags(process.argv.slice(2), cpus);
if (!parsed.ok) {
  console.log(`${parsed.problems.join('\n')}\n${usage(cpus)}`);
  process.exitCode = FAILED;
} else if (parsed.flags.help) {
  console.log(usage(cpus));
} else if (parsed.flags.version) {
  console.log(await versionText());
} else {
  restartWithThreadPool(threadPoolSize(parsed.flags), process.env);
  const log = stderrLog();
  try {
    const { library } = await requireEngine();
    // loaded only now: the restart above would load it twice
    const { serve } = await import('./serve.js');
    const server = await serve(parsed.flags, { library, log });
    let stopping = false;
    const stop = (signal: string): void => {
      if (stopping) return;
      stopping = true;
      log.info(`${signal}: no new requests; finishing those under way`);
      void server.close().then(() => process.exit(0));
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
  } catch (error) {
    const { code, message } = error instanceof StatusError ? error : new StatusError('INTERNAL', String(error));
    console.log(`Failed to start server. Error: ${code}: ${message}`);
    process.exit(FAILED);
  }
}
