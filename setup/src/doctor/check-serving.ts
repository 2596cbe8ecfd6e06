import type { CacheLayout } from '@serving-study/runtime';
import { outputOf } from '../provision/run-command.js';
import { findFetched, type FetchedServing } from '../tfserving-fetch/fetched-serving.js';
import type { Check } from './check.js';

const LIMIT_MS = 10_000;
const IMAGE = 'tensorflow/serving:2.20.0';

/** The container engine, and TensorFlow Serving as a program, as an image, or fetched. */
export async function checkServing(layout: CacheLayout, environment: NodeJS.ProcessEnv): Promise<Check[]> {
  const [containers, binary] = await Promise.all([checkContainers(), findBinary(environment)]);
  const image = environment['TFSERVING_IMAGE'] ?? IMAGE;
  const imageId =
    containers.state === 'missing'
      ? undefined
      : await outputOf('docker', ['image', 'inspect', '--format', '{{.Id}}', image], LIMIT_MS);
  const fetched = await findFetched(layout);
  return [containers, tfServing(binary, image, imageId, fetched)];
}

async function checkContainers(): Promise<Check> {
  const about = { id: 'containers', title: 'Container engine', required: false } as const;
  const [client, server, compose] = await Promise.all([
    outputOf('docker', ['--version'], LIMIT_MS),
    outputOf('docker', ['version', '--format', '{{.Server.Version}}'], LIMIT_MS),
    outputOf('docker', ['compose', 'version', '--short'], LIMIT_MS),
  ]);
  const details = { client, server, compose };
  if (client === undefined)
    return {
      ...about,
      state: 'missing',
      found: 'no docker',
      advice: 'install Docker to run the containers (optional)',
      details,
    };
  if (server === undefined)
    return {
      ...about,
      state: 'missing',
      found: 'docker is installed, but no engine answers',
      advice: 'start it, or set DOCKER_HOST (optional)',
      details,
    };
  if (compose === undefined)
    return {
      ...about,
      state: 'limited',
      found: `Docker ${server} without compose`,
      advice: 'apt-get install docker-compose-v2',
      details,
    };
  return { ...about, state: 'ok', found: `Docker ${server}, compose ${compose}`, details };
}

interface ServingBinary {
  readonly path: string;
  readonly version: string;
}

async function findBinary(
  environment: NodeJS.ProcessEnv,
): Promise<ServingBinary | { readonly notRunning: string } | undefined> {
  const named = environment['TFSERVING_BIN'];
  const path = named ?? 'tensorflow_model_server';
  const version = await outputOf(path, ['--version'], LIMIT_MS);
  if (version !== undefined) return { path, version: version.split('\n').join(', ') };
  return named === undefined ? undefined : { notRunning: named };
}

function tfServing(
  binary: Awaited<ReturnType<typeof findBinary>>,
  image: string,
  imageId: string | undefined,
  fetched: FetchedServing | undefined,
): Check {
  const about = { id: 'tfserving', title: 'TensorFlow Serving', required: false } as const;
  const details = { image, imagePresent: imageId !== undefined };
  if (binary !== undefined && 'notRunning' in binary)
    return {
      ...about,
      state: 'missing',
      found: `TFSERVING_BIN is ${binary.notRunning}, which does not run`,
      advice: 'set it to tensorflow_model_server',
      details,
    };
  if (binary !== undefined)
    return {
      ...about,
      state: 'ok',
      found: `${binary.version} (${binary.path})`,
      details: { ...details, binary: binary.path, version: binary.version },
    };
  if (imageId !== undefined) return { ...about, state: 'ok', found: `image ${image}`, details };
  if (fetched !== undefined)
    return {
      ...about,
      state: 'ok',
      found: `${fetched.version} (fetched from ${fetched.image}@${fetched.digest.slice(0, 19)}...)`,
      details: { ...details, fetched: fetched.program, version: fetched.version, digest: fetched.digest },
    };
  const advice =
    process.platform === 'linux' && process.arch === 'x64'
      ? 'npm run study fetches it, or npm run tfserving:fetch'
      : `none is published for ${process.platform} on ${process.arch}: give npm run study --tfserving-url`;
  return {
    ...about,
    state: 'missing',
    found: 'neither program nor image; where none can be fetched the stand-in takes its place, marked as such',
    advice: `${advice} (optional)`,
    details,
  };
}
