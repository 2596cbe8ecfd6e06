import { setTimeout as sleep } from 'node:timers/promises';
import { firstDifference } from './first-difference.js';
import { isListening } from './is-listening.js';
import { filled } from './placeholders.js';
import type { Recordings, Startup } from './recordings.js';
import type { Outcome } from './replay-vectors.js';
import { startServer, type Program } from './server-process.js';
import { makeWorkspace } from './workspace.js';

const POLL_MS = 50;
/** More time than the recorded server had: a busy machine starts slower. Only spent while the expected is still missing. */
const PATIENCE_MS = 60_000;

/** Starts a server as recorded and compares how the start went: exit code, open ports, lines of the log. */
export async function replayStartup(recordings: Recordings, startup: Startup, program: Program): Promise<Outcome> {
  const workspace = await makeWorkspace(recordings, startup.server);
  const server = await startServer(program, workspace.flags);
  try {
    const expected = {
      exit_code: startup.result.exit_code,
      grpc_listening: startup.result.grpc_listening,
      rest_listening: startup.result.rest_listening,
      missing_log_lines: [],
    };
    const observe = async (): Promise<typeof expected> => ({
      exit_code: server.exitCode(),
      grpc_listening: await isListening(server.host, server.grpcPort),
      rest_listening: await isListening(server.host, server.restPort),
      missing_log_lines: startup.result.log_contains
        .map((line) => filled(line, workspace.places))
        .filter((line) => !server.output().includes(line)) as never[],
    });
    const started = Date.now();
    const waitMs = startup.wait_s * 1000;
    for (;;) {
      const elapsedMs = Date.now() - started;
      const difference = firstDifference(expected, await observe());
      // One that ends is judged at once; one that must stay up has to stay up for the whole time.
      const settled = startup.result.exit_code === null ? elapsedMs >= waitMs : server.exitCode() !== null;
      if (
        (settled && difference === undefined) ||
        elapsedMs > waitMs + PATIENCE_MS ||
        (server.exitCode() !== null && startup.result.exit_code !== server.exitCode())
      )
        return {
          id: startup.id,
          group: 'startup',
          failedToReplay: false,
          difference:
            difference === undefined ? undefined : `${difference}; output ends: ${server.output().slice(-500)}`,
        };
      await sleep(POLL_MS);
    }
  } finally {
    await server.stop();
    await workspace.remove();
  }
}
