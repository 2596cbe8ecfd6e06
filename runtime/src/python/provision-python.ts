import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SetupContext } from '../provision/provision-engine.js';
import { runCommand, type CommandResult } from '../provision/run-command.js';
import { withStaging, writeJson } from '../provision/staging.js';
import { findPythonEnvironment, markerPath, pythonOf, type PythonMarker } from './python-environment.js';
import type { Requirements } from './requirements.js';

export type PythonOutcome =
  | { readonly state: 'ready' }
  /** Not fatal: what needs Python is then not tested, and this says why. */
  | { readonly state: 'unavailable'; readonly reason: string };

const REPORTED_LENGTH = 100;

/**
 * Makes the virtual environment with TensorFlow, Flask and gunicorn unless the one that is there was made from the same pins.
 * `wheel` is the one the engine was unpacked from, where it is still there: it is installed instead of downloaded again.
 */
export async function provisionPython(
  context: SetupContext,
  requirements: Requirements,
  wheel: string | undefined,
  report: (text: string) => void,
): Promise<PythonOutcome> {
  const { layout } = context;
  if ((await findPythonEnvironment(layout))?.requirementsSha256 === requirements.sha256) return { state: 'ready' };
  report('python -m venv');
  const made = await runCommand(context.python, ['-m', 'venv', '--clear', layout.venv], context);
  if (!made.started)
    return {
      state: 'unavailable',
      reason: `${context.python} cannot be run (${made.reason}): apt-get install python3-venv`,
    };
  if (made.code !== 0) return { state: 'unavailable', reason: venvReason(made) };
  return withStaging(layout, async (staging) => {
    const file = join(staging, 'requirements.txt');
    await writeFile(file, requirements.text);
    const environment = { ...context.environment, TMPDIR: staging };
    const install = (...what: string[]): Promise<CommandResult> =>
      runCommand(
        pythonOf(layout),
        [
          '-m',
          'pip',
          'install',
          '--retries',
          '1',
          '--no-input',
          '--disable-pip-version-check',
          '--progress-bar',
          'off',
          ...what,
        ],
        {
          ...context,
          environment,
          onLine: (line) => {
            report(line.trim().slice(0, REPORTED_LENGTH));
          },
        },
      );
    // Its outcome does not matter: a wheel for another Python is refused here, and the next line gets the right one.
    if (wheel !== undefined) await install('--no-deps', '--no-index', wheel);
    const installed = await install('-r', file);
    if (!installed.started || installed.code !== 0) return { state: 'unavailable', reason: pipReason(installed) };
    const version = await runCommand(pythonOf(layout), ['--version'], context);
    const python = version.started ? version.stdout.trim() : 'unknown';
    const record: PythonMarker = {
      requirementsSha256: requirements.sha256,
      python,
      installedAt: new Date().toISOString(),
    };
    await writeJson(markerPath(layout), record);
    return { state: 'ready' };
  });
}

function venvReason(result: Extract<CommandResult, { started: true }>): string {
  const said = `${result.stdout}\n${result.stderr}`;
  if (said.includes('ensurepip')) return 'Python has no venv module: apt-get install python3-venv';
  return `python -m venv failed: ${said.trim().split('\n').at(-1) ?? ''}`;
}

function pipReason(result: CommandResult): string {
  if (!result.started) return result.reason;
  const errors = result.stderr.split('\n').filter((line) => line.startsWith('ERROR'));
  return `pip install failed: ${errors.at(-1)?.replace(/^ERROR: /, '') ?? result.stderr.trim().split('\n').at(-1) ?? ''}`;
}
