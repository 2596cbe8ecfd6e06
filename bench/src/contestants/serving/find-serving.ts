import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { findContainer } from './container-serving.js';
import { fetchProgram } from './fetched-program.js';
import { localProgram } from './local-serving.js';
import { recognise } from './recognise.js';
import { METRICS_PATH } from './serving-config.js';
import { STANDIN_NAME, versionLine, type Serving } from './serving-process.js';
import { getText, modelIsAvailable, startServing } from './start-serving.js';
import { messageOf } from '../../words/message-of.js';

const run = promisify(execFile);

const STANDIN = fileURLToPath(new URL('../../../../tfserving-standin/dist/main.js', import.meta.url));

export interface ServingOptions {
  /** `--tfserving-url`: a server that runs already. */
  readonly restUrl?: string | undefined;
  /** Its gRPC address; default: the REST host with port 8500. */
  readonly grpcAddress?: string | undefined;
  /** TFSERVING_BIN: a tensorflow_model_server binary; found on PATH when absent. */
  readonly binary?: string | undefined;
  /** TFSERVING_IMAGE. */
  readonly image: string;
  /** Skips the search: the stand-in is wanted, e.g. to look at the stand-in itself. */
  readonly standinOnly?: boolean;
  readonly onProgress: (text: string) => void;
  /** Ends a fetch. */
  readonly signal?: AbortSignal;
}

/**
 * Finds TensorFlow Serving: a running server, a binary, a container, the program fetched from its image, else the stand-in.
 * What says of itself that it is the stand-in is taken for the stand-in wherever it was found (method rule 20).
 */
export async function findServing(options: ServingOptions): Promise<Serving> {
  if (options.standinOnly === true) return standin('it was asked for');
  if (options.restUrl !== undefined) return await atUrl(options.restUrl, options.grpcAddress);
  const binary = await findBinary(options.binary);
  if (binary !== undefined) return binary;
  const container = await findContainer(options.image, options.onProgress);
  if ('serving' in container) return container.serving;
  options.signal?.throwIfAborted();
  const fetched = await findFetched(options.signal);
  if ('serving' in fetched) return fetched.serving;
  return standin(
    `no tensorflow_model_server binary (TFSERVING_BIN or PATH); ${container.reason}; not fetched: ${fetched.reason}`,
  );
}

async function findFetched(
  signal: AbortSignal | undefined,
): Promise<{ readonly serving: Serving } | { readonly reason: string }> {
  const fetched = await fetchProgram(signal);
  if ('reason' in fetched) return fetched;
  try {
    const serving = await servingOf(fetched.path);
    const version = `${serving.source.version}, of the image ${fetched.image}`;
    return { serving: { ...serving, source: { ...serving.source, version } } };
  } catch (cause) {
    return { reason: `${fetched.path} does not run (${messageOf(cause)})` };
  }
}

async function atUrl(url: string, grpcAddress: string | undefined): Promise<Serving> {
  const address = grpcAddress ?? `${new URL(url).hostname}:8500`;
  return {
    source: { ...(await recognise(url)), detail: `${url}, gRPC ${address}` },
    start: async (launch) => {
      if (Object.keys(launch.factors).length > 0)
        throw new Error(`the server at ${url} runs already: ${JSON.stringify(launch.factors)} cannot be set on it`);
      await modelIsAvailable(url, launch.model).catch((cause: unknown) => {
        throw new Error(`${url} does not serve the model ${launch.model}: start it with --model_name=${launch.model}`, {
          cause,
        });
      });
      // A server gives its metrics only with --monitoring_config_file.
      const metricsUrl = `${url}${METRICS_PATH}`;
      return {
        startedHere: false,
        restUrl: url,
        grpcAddress: address,
        ...((await getText(metricsUrl)).status === 200 ? { metricsUrl } : {}),
        command: `(running at ${url})`,
        processes: [],
        readyMs: 0,
        stop: () => Promise.resolve(),
      };
    },
  };
}

async function findBinary(program: string | undefined): Promise<Serving | undefined> {
  try {
    return await servingOf(program ?? 'tensorflow_model_server');
  } catch (cause) {
    if (program === undefined) return undefined;
    throw new Error(`TFSERVING_BIN=${program} cannot be run: ${messageOf(cause)}`, { cause });
  }
}

/** A program that tells its version. Rejects when it does not run. */
async function servingOf(binary: string): Promise<Serving> {
  // TensorFlow's log is on standard error, and is no part of the version.
  const { stdout } = await run(binary, ['--version'], { timeout: 60_000 });
  const version = versionLine(stdout);
  const isStandin = version.includes(STANDIN_NAME);
  const name = isStandin ? STANDIN_NAME : 'tensorflow_model_server';
  const program = localProgram({ name, command: binary, args: [] });
  return {
    source: { kind: isStandin ? 'stand-in' : 'binary', version, detail: binary },
    start: (launch, logFile) => startServing(program, launch, logFile),
  };
}

function standin(why: string): Serving {
  const command = process.execPath;
  const program = localProgram({ name: STANDIN_NAME, command, args: [STANDIN], env: { UV_THREADPOOL_SIZE: '16' } });
  return {
    source: { kind: 'stand-in', version: `${STANDIN_NAME} ${standinVersion()}`, detail: why },
    start: (launch, logFile) => startServing(program, launch, logFile),
  };
}

const packageSchema = z.object({ version: z.string() });

function standinVersion(): string {
  const file = new URL('../../../../tfserving-standin/package.json', import.meta.url);
  return packageSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}
