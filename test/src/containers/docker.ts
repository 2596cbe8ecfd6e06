import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The checkout, where docker-compose.yml is. */
export const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));

/** Why tests that need a container engine do not run; false when they do. */
export const SKIP =
  process.env['STUDY_TEST_CONTAINERS'] === undefined &&
  'needs a container engine and minutes to build images: npm run test:containers';

const LIMIT_MS = 300_000;

/** What the tests set unless they try something else: any free ports, and files that belong to whoever runs them. */
const ENVIRONMENT = {
  TFSERVING_IMAGE: process.env['TFSERVING_IMAGE'] ?? 'serving-study/tfserving-standin',
  STUDY_USER: `${process.getuid?.() ?? 1000}:${process.getgid?.() ?? 1000}`,
  FLASK_STYLE_PORT: '0',
  PROXY_PORT: '0',
  FLASK_PORT: '0',
  FASTAPI_PORT: '0',
};

/** Environment of the commands: this process's, the one above, and `own`. */
export function environment(own: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, ...ENVIRONMENT, ...own };
}

/** What `docker <args>` prints. Rejects with what it says on standard error. */
export async function docker(args: readonly string[], own: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await run('docker', args, {
    cwd: PROJECT,
    timeout: LIMIT_MS,
    maxBuffer: 2 ** 26,
    env: environment(own),
  });
  return stdout.trim();
}

/** Non-empty lines. */
export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
