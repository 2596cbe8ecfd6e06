import { spawnSync } from 'node:child_process';

const PACKAGE = new URL('../', import.meta.url).href;

/**
 * Runs a few lines of JavaScript in a Node process of its own, for what can be seen only there: exit codes, thread counts,
 * settings that TensorFlow reads once per process. Modules of this package are imported as `${here}index.js`. For tests.
 */
export function runInProcess(program: string): { code: number | null; stdout: string; stderr: string } {
  const quiet = "process.env.TF_CPP_MIN_LOG_LEVEL = '2';";
  const source = `${quiet} const here = ${JSON.stringify(PACKAGE)};\n${program}`;
  const { status, stdout, stderr, error } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return { code: status, stdout, stderr };
}
