import { availableParallelism } from 'node:os';
import { parseFlags } from './cli/parse-flags.js';
import { restartWithThreadPool, threadPoolSize } from './cli/thread-pool.js';
import { usage } from './cli/usage.js';

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
  const { versionText } = await import('./cli/version-text.js');
  console.log(await versionText());
} else {
  restartWithThreadPool(threadPoolSize(parsed.flags), process.env);
  // Everything else is loaded only now: before the restart it would be loaded for nothing.
  const { run } = await import('./cli/run.js');
  const failure = await run(parsed.flags);
  if (failure !== undefined) {
    console.log(`Failed to start server. Error: ${failure}`);
    process.exit(FAILED);
  }
}
