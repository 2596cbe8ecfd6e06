import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, type CommandOptions } from './run-command.js';
import type { ByteProgress } from './step-progress.js';
import type { Release } from './tensorflow-release.js';

const WATCH_MS = 500;

/**
 * Lets pip download the wheel into `directory`, from wherever it is set up to download (mirrors, proxies, credentials).
 * One retry only: an index that cannot be reached should be said now, not in a minute. Throws with pip's own reason.
 */
export async function wheelFromPip(
  python: string,
  release: Release,
  directory: string,
  options: CommandOptions & { readonly onProgress?: ByteProgress },
): Promise<string> {
  const temporary = join(directory, 'pip');
  const watch = setInterval(() => {
    void folderBytes(directory).then((bytes) => options.onProgress?.(bytes, undefined));
  }, WATCH_MS);
  try {
    await mkdir(temporary, { recursive: true });
    const result = await runCommand(
      python,
      // prettier-ignore
      ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--retries', '1', '--no-input', '--disable-pip-version-check',
        '--progress-bar', 'off', '--dest', directory, `${release.distribution}==${release.version}`],
      // pip downloads below TMPDIR first: inside the folder, so that nothing of it outlives a killed run
      { ...options, environment: { ...options.environment, TMPDIR: temporary } },
    );
    if (!result.started) throw new Error(`${python} cannot be run (${result.reason})`);
    if (result.code !== 0) throw new Error(pipReason(result.stderr));
  } finally {
    clearInterval(watch);
  }
  const wheel = (await readdir(directory)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error('pip ended well but left no wheel');
  return join(directory, wheel);
}

/** What of pip's output tells a person why: its last ERROR line; the last line of all when that only announces a traceback. */
function pipReason(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const error = lines.findLast((line) => line.startsWith('ERROR') && !line.endsWith('Exception:'));
  return (error ?? lines.at(-1) ?? 'pip failed without a word').replace(/^ERROR: /, '');
}

async function folderBytes(directory: string): Promise<number> {
  const names = await readdir(directory, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(directory, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
