import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SetupContext } from '../provision/provision-engine.js';
import { runCommand, type CommandResult } from '../provision/run-command.js';
import { withStaging, writeJson } from '../provision/staging.js';
import { findPythonEnvironment, holds, markerPath, pythonOf, type PythonMarker } from './python-environment.js';
import type { Requirements } from './requirements.js';

export type PythonOutcome =
  | { readonly state: 'ready' }
  /** Flask is there, and what was to be added is not. */
  | { readonly state: 'without-added'; readonly reason: string }
  /** Not fatal: what needs Python is then not tested, and this says why. */
  | { readonly state: 'unavailable'; readonly reason: string };

const REPORTED_LENGTH = 100;

type Report = (text: string) => void;

/**
 * Makes the virtual environment with TensorFlow, Flask and gunicorn unless the one that is there was made from the same pins,
 * and adds FastAPI and uvicorn to it. `wheel` is the one the engine was unpacked from, where it is still there: it is installed
 * instead of downloaded again.
 */
export async function provisionPython(
  context: SetupContext,
  requirements: Requirements,
  wheel: string | undefined,
  report: Report,
): Promise<PythonOutcome> {
  const { layout } = context;
  const { sha256, added } = requirements;
  const before = await findPythonEnvironment(layout);
  if (holds(before, requirements)) return { state: 'ready' };
  if (before?.requirementsSha256 !== sha256) {
    report('python -m venv');
    const made = await runCommand(context.python, ['-m', 'venv', '--clear', layout.venv], context);
    if (!made.started)
      return {
        state: 'unavailable',
        reason: `${context.python} cannot be run (${made.reason}): apt-get install python3-venv`,
      };
    if (made.code !== 0) return { state: 'unavailable', reason: venvReason(made) };
    // Its outcome does not matter: a wheel for another Python is refused here, and the next line gets the right one.
    if (wheel !== undefined) await pipInstall(context, ['--no-deps', '--no-index', wheel], report);
    const reason = await installPins(context, requirements.text, report);
    if (reason !== undefined) return { state: 'unavailable', reason };
    await mark(context, { requirementsSha256: sha256 });
  }
  const reason = added === undefined ? undefined : await installPins(context, added.text, report);
  if (reason !== undefined) return { state: 'without-added', reason };
  await mark(context, { requirementsSha256: sha256, addedSha256: added?.sha256 });
  return { state: 'ready' };
}

/** Why they cannot be installed; undefined when they are. */
async function installPins(context: SetupContext, pins: string, report: Report): Promise<string | undefined> {
  return withStaging(context.layout, async (staging) => {
    const file = join(staging, 'requirements.txt');
    await writeFile(file, pins);
    const installed = await pipInstall(context, ['-r', file], report);
    return installed.started && installed.code === 0 ? undefined : pipReason(installed);
  });
}

function pipInstall(context: SetupContext, what: readonly string[], report: Report): Promise<CommandResult> {
  return withStaging(context.layout, (staging) =>
    runCommand(
      pythonOf(context.layout),
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
        environment: { ...context.environment, TMPDIR: staging },
        onLine: (line) => {
          report(line.trim().slice(0, REPORTED_LENGTH));
        },
      },
    ),
  );
}

async function mark(
  context: SetupContext,
  pins: Pick<PythonMarker, 'requirementsSha256' | 'addedSha256'>,
): Promise<void> {
  const version = await runCommand(pythonOf(context.layout), ['--version'], context);
  const python = version.started ? version.stdout.trim() : 'unknown';
  const record: PythonMarker = { ...pins, python, installedAt: new Date().toISOString() };
  await writeJson(markerPath(context.layout), record);
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
