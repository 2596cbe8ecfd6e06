import { requireEngine } from '@serving-study/runtime';
import { serve, type StandinServer } from '../serve.js';
import { statusOf } from '../status-error.js';
import type { Flags } from './flags.js';
import { stderrLog } from './stderr-log.js';

/**
 * Serves until SIGTERM or SIGINT, then finishes the requests under way and exits with 0 (the real server dies with them). A
 * second signal does not wait for them. Resolves when the ports are open, or with the reason why they are not.
 */
export async function run(flags: Flags): Promise<string | undefined> {
  const log = stderrLog();
  let server: StandinServer | undefined;
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info(`${signal}: no new requests; finishing those under way`);
    void Promise.resolve(server?.close()).then(() => process.exit(0));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  try {
    const { library } = await requireEngine();
    server = await serve(flags, { library, log });
    return undefined;
  } catch (error) {
    const { code, message } = statusOf(error);
    return `${code}: ${message}`;
  }
}
