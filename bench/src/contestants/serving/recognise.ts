import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { ServingSource } from '../../record/index.js';
import { docker } from './docker.js';
import { STANDIN_NAME, versionLine } from './serving-process.js';
import { getText } from './start-serving.js';
import { jsonIn } from '../../words/json.js';

const run = promisify(execFile);

const LIMIT_MS = 10_000;
const PROGRAM = 'tensorflow_model_server';
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const errorBody = z.object({ error: z.string() });

/**
 * What answers at an address, recognised by its answers; and its version, asked of its program where that runs on this machine.
 * Throws when nothing answers.
 */
export async function recognise(url: string): Promise<Pick<ServingSource, 'kind' | 'version'>> {
  const standin = await getText(`${url}/${STANDIN_NAME}`).catch((cause: unknown) => {
    throw new Error(`nothing answers at ${url}; start TensorFlow Serving there or leave --tfserving-url out`, {
      cause,
    });
  });
  if (standin.status === 200 && standin.text.includes(STANDIN_NAME))
    return { kind: 'stand-in', version: `${STANDIN_NAME}, version unknown` };
  if (!(await answersAsServing(url)))
    return { kind: 'url', version: 'unknown: its answers are not quite those of TensorFlow Serving' };
  return { kind: 'url', version: `TensorFlow Serving by its answers, ${await versionAt(new URL(url))}` };
}

/** Below /v1/ it says what it cannot read; outside it has nothing but its HTTP library's page, which services like ours do not have. */
async function answersAsServing(url: string): Promise<boolean> {
  const [malformed, outside] = [await getText(`${url}/v1/serving-study`), await getText(`${url}/`)];
  return (
    malformed.status === 400 &&
    errorBody.safeParse(jsonIn(malformed.text)).data?.error.startsWith('Malformed request: GET ') === true &&
    outside.status === 404 &&
    outside.text.includes('<TITLE>404 Not Found</TITLE>')
  );
}

async function versionAt({ hostname, port }: URL): Promise<string> {
  if (!LOOPBACK.includes(hostname)) return 'version unknown';
  return (
    (await ofContainer(port).catch(() => undefined)) ??
    (await ofProcess(port).catch(() => undefined)) ??
    'version unknown'
  );
}

/** Of the container that publishes the port; undefined when none does. */
async function ofContainer(port: string): Promise<string | undefined> {
  const [id, image] = (
    await docker(['ps', '--filter', `publish=${port}`, '--format', '{{.ID}} {{.Image}}'], LIMIT_MS)
  ).split(' ');
  if (id === undefined || image === undefined) return undefined;
  const output = await docker(['exec', id, PROGRAM, '--version'], LIMIT_MS).catch(() => 'version unknown');
  return `${versionLine(output)}, in a container of ${image}`;
}

/** Of the process that listens on the port, where it may be looked at; undefined when it is none. */
async function ofProcess(port: string): Promise<string | undefined> {
  const { stdout: sockets } = await run('ss', ['-Hltnp', `sport = :${port}`], { timeout: LIMIT_MS });
  const pid = /pid=(\d+)/.exec(sockets)?.[1];
  if (pid === undefined) return undefined;
  const { stdout } = await run(`/proc/${pid}/exe`, ['--version'], { timeout: LIMIT_MS });
  return stdout.includes('ModelServer') ? versionLine(stdout) : undefined;
}
