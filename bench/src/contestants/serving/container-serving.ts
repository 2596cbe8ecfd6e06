import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { engineEnvironment } from '../engine-environment.js';
import type { Launch } from '../instance.js';
import { limits } from '../limits.js';
import { isAlive } from '../../resources/index.js';
import { docker, DockerError } from './docker.js';
import { servingFlags } from './serving-config.js';
import { STANDIN_NAME, versionLine, type Serving } from './serving-process.js';
import { startServing, type ServingProgram } from './start-serving.js';
import { messageOf } from '../../words/message-of.js';

const GRPC_PORT = 8500;
const REST_PORT = 8501;
const ANSWER_LIMIT_MS = 10_000;
const VERSION_LIMIT_MS = 60_000;
/** Where the container finds the configuration files: nothing of an image lies there. */
const CONFIG = '/serving-study-config';
/** The official image's entry point is a shell that passes no signal on, and as the first process would ignore it. */
const FIRST_PROCESS = '--init';

/** A container engine that runs the image, present or pulled; otherwise the reason why not. */
export async function findContainer(
  image: string,
  onProgress: (text: string) => void,
): Promise<{ readonly serving: Serving } | { readonly reason: string }> {
  try {
    await docker(['version', '--format', '{{.Server.Version}}'], ANSWER_LIMIT_MS);
  } catch (cause) {
    return { reason: `no container engine (${messageOf(cause)})` };
  }
  let name: string;
  try {
    onProgress(`looking for the image ${image}`);
    name = await nameOf(image).catch(async () => {
      onProgress(`pulling ${image}`);
      await docker(['pull', '--quiet', image]);
      return await nameOf(image);
    });
  } catch (cause) {
    return { reason: `the image ${image} is not here and cannot be pulled (${messageOf(cause)})` };
  }
  try {
    onProgress(`trying a container of ${image}`);
    const version = await versionOf(image);
    return {
      serving: {
        source: {
          kind: version.includes(STANDIN_NAME) ? 'stand-in' : 'container',
          version: `${version}, of the image ${name}`,
          detail: `container of ${image}`,
        },
        start: (launch, logFile) => startServing(container(image), launch, logFile),
      },
    };
  } catch (cause) {
    return { reason: `no container of ${image} can be run (${messageOf(cause)})` };
  }
}

/** The image's name with its digest in a registry, where it came from one; else with its id. */
async function nameOf(image: string): Promise<string> {
  const ids = await docker(['image', 'inspect', '--format', '{{.Id}}{{range .RepoDigests}} {{.}}{{end}}', image]);
  const [id = '', digest] = ids.split(' ');
  return digest === undefined ? `${image} (${id})` : `${image}@${digest.replace(/^.*@/, '')}`;
}

/** As its entry point tells it: it passes arguments on. An image whose program does not know the flag is let through. */
async function versionOf(image: string): Promise<string> {
  const args = ['run', '--rm', FIRST_PROCESS, '--network=none', image, '--version'];
  const output = await docker(args, VERSION_LIMIT_MS).catch((error: unknown) => {
    if (error instanceof DockerError && error.programRan) return '';
    throw error;
  });
  return output === '' ? 'version unknown' : versionLine(output);
}

/** `docker run`, which hands on the signal that it gets: also when this process is killed, so that no container is left. */
function container(image: string): ServingProgram {
  const name = `serving-study-${randomUUID().slice(0, 8)}`;
  const modelBasePath = ({ model }: Launch): string => `/models/${model}`;
  const mount = (source: string, target: string): string =>
    `--mount=type=bind,source=${resolve(source)},target=${target},readonly`;
  return {
    name: image,
    modelBasePath,
    command: (launch, ports, config) => ({
      command: 'docker',
      args: [
        ...['run', '--rm', FIRST_PROCESS, `--name=${name}`],
        ...[`--publish=127.0.0.1:${ports.grpc}:${GRPC_PORT}`, `--publish=127.0.0.1:${ports.rest}:${REST_PORT}`],
        ...[mount(launch.modelBasePath, modelBasePath(launch)), mount(config, CONFIG)],
        ...Object.entries(engineEnvironment(launch)).map(([key, value]) => `--env=${key}=${value}`),
        ...limitFlags(launch),
        ...[image, ...servingFlags(launch, CONFIG)],
      ],
      passesSignalsOn: true,
    }),
    pid: async () => {
      const pid = Number(await docker(['inspect', '--format', '{{.State.Pid}}', name]));
      // Visible where the engine runs on this machine's own kernel.
      return pid > 0 && isAlive(pid) ? pid : undefined;
    },
    cleanUp: async () => {
      await docker(['rm', '--force', '--volumes', name], ANSWER_LIMIT_MS).catch(() => undefined); // mostly gone already
    },
  };
}

/** Holds a container to CPUs and memory as the servers are that are started without one. */
export function limitFlags(launch: Launch): string[] {
  const { cpus, memoryMb } = limits(launch);
  return [
    ...(cpus === undefined ? [] : [`--cpuset-cpus=${cpus}`]),
    // The same for memory and swap together: no swap.
    ...(memoryMb === undefined ? [] : [`--memory=${memoryMb}m`, `--memory-swap=${memoryMb}m`]),
  ];
}
