import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Docker could not do it, or not run the program in the image. */
const DOCKER_FAILED = [125, 126, 127];

/** A command of Docker that failed, in one sentence. */
export class DockerError extends Error {
  /** Whether a program ran in a container and ended so. */
  readonly programRan: boolean;

  constructor(cause: unknown) {
    const { code, stderr = '', killed } = cause as { code?: unknown; stderr?: string; killed?: boolean };
    const said = stderr.trim().split('\n')[0] ?? '';
    const message = code === 'ENOENT' ? 'docker is not installed' : killed === true ? 'it does not answer' : said;
    super(message === '' ? String(cause) : message, { cause });
    this.programRan = typeof code === 'number' && !DOCKER_FAILED.includes(code);
  }
}

/** What `docker …` prints. Rejects with a `DockerError`. */
export async function docker(args: readonly string[], limitMs?: number): Promise<string> {
  try {
    const { stdout } = await run('docker', args, limitMs === undefined ? {} : { timeout: limitMs });
    return stdout.trim();
  } catch (cause) {
    throw new DockerError(cause);
  }
}
