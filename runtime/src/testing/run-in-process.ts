import { runCommand, type CommandResult } from '../provision/run-command.js';

const PACKAGE = new URL('../', import.meta.url).href;

/**
 * Runs a few lines of JavaScript in a Node process of its own, for what can be seen only there: exit codes, thread counts,
 * settings that TensorFlow reads once per process. Modules of this package are imported as `${here}index.js`. For tests.
 */
export async function runInProcess(program: string): Promise<Extract<CommandResult, { started: true }>> {
  const quiet = "process.env.TF_CPP_MIN_LOG_LEVEL = '2';";
  const result = await runCommand(process.execPath, [
    '--input-type=module',
    '--eval',
    `${quiet} const here = ${JSON.stringify(PACKAGE)};\n${program}`,
  ]);
  if (!result.started) throw new Error(result.reason);
  return result;
}
