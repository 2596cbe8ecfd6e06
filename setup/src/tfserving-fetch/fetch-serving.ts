import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { CacheLayout } from '@serving-study/runtime';
import { requireRoom } from '../provision/disk-room.js';
import { runCommand } from '../provision/run-command.js';
import { acquireSetupLock } from '../provision/setup-lock.js';
import { moveIntoPlace, sweepStaging, withStaging, writeJson } from '../provision/staging.js';
import { downloadText } from '../provision/step-progress.js';
import { fetchBlob } from './fetch-blob.js';
import { CURRENT, findFetched, type FetchedServing } from './fetched-serving.js';
import { readManifest, type ImageContents } from './image-manifest.js';
import { DEFAULT_IMAGE, imageName, parseImage, type ImageReference } from './image-reference.js';
import { ImageTree } from './image-tree.js';
import { layOutProgram } from './lay-out-program.js';
import { readLayer, type LayerFile } from './read-layer.js';
import { RegistryClient } from './registry-client.js';

export interface FetchOptions {
  readonly layout: CacheLayout;
  /** Undefined: whatever was fetched before will do, else the official image. */
  readonly image: string | undefined;
  /** Asked in place of the registry that the image's name begins with. */
  readonly registry: string | undefined;
  readonly digest: string | undefined;
  readonly platform: NodeJS.Platform;
  readonly arch: NodeJS.Architecture;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** A line that stays. */
  readonly say: (text: string) => void;
  /** What is being done, often. */
  readonly show: (text: string) => void;
}

/** Of the official image: layers of some 200 MB, unpacked two to three times that. */
const UNPACKED_TO_PACKED = 3;
const START_LIMIT_MS = 60_000;

/**
 * Makes the official image's tensorflow_model_server a program of this machine, without a container engine. Quick, and
 * without the network, when it is there already and runs. Throws with one sentence; what is half-done is then not taken for
 * whole by a later run.
 */
export async function fetchServing(options: FetchOptions): Promise<FetchedServing> {
  const { layout, signal, say } = options;
  requirePlatform(options);
  const image = parseImage(options.image ?? DEFAULT_IMAGE, options.registry, options.digest);
  const there = await matching(options, image);
  if (there !== undefined) return there;
  await using _ = await acquireSetupLock(join(layout.tfserving, 'lock'), {
    signal,
    onWait: (pid) => {
      say(`Another process (${pid}) is fetching TensorFlow Serving; waiting for it.`);
    },
  });
  try {
    return (await matching(options, image)) ?? (await fetchAndUnpack(options, image));
  } catch (cause) {
    if (!isFull(cause)) throw cause;
    throw new Error(`the disk is full: TensorFlow Serving does not fit into ${layout.tfserving}`, { cause });
  }
}

async function fetchAndUnpack(options: FetchOptions, image: ImageReference): Promise<FetchedServing> {
  const { layout, signal, show } = options;
  const staged = { staging: join(layout.tfserving, 'staging') };
  await sweepStaging(staged);
  const { digest, files } = await download(options, image);
  return await withStaging(staged, async (staging) => {
    const folder = join(staging, 'serving');
    show('unpacking TensorFlow Serving');
    const program = await unpack(files, staging, folder, signal);
    const version = await versionOf(program, options);
    const place = join(layout.tfserving, digest.replace('sha256:', '').slice(0, 12));
    await moveIntoPlace(folder, place);
    const fetched: FetchedServing = {
      image: imageName(image),
      digest,
      version,
      program: relative(layout.tfserving, join(place, relative(folder, program))),
      fetchedAt: new Date().toISOString(),
    };
    await writeJson(join(layout.tfserving, CURRENT), fetched);
    return fetched;
  });
}

function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) || isFull(error.cause);
}

function requirePlatform({ platform, arch }: FetchOptions): void {
  if (platform === 'linux' && arch === 'x64') return;
  throw new Error(
    `there is no official TensorFlow Serving for ${platform} on ${arch}, only for Linux on x86-64: ` +
      'give npm run study the address of one elsewhere (--tfserving-url), or one under emulation (docker run --platform linux/amd64), ' +
      'whose times tell nothing; without it the stand-in takes its place',
  );
}

async function matching(options: FetchOptions, image: ImageReference): Promise<FetchedServing | undefined> {
  const fetched = await findFetched(options.layout);
  if (fetched === undefined || (image.digest !== undefined && image.digest !== fetched.digest)) return undefined;
  const isAnyWanted = options.image === undefined && options.registry === undefined;
  if (!isAnyWanted && fetched.image !== imageName(image)) return undefined;
  // A crash of the machine or a hand in the cache may have damaged it: then it is fetched again.
  const version = await versionOf(join(options.layout.tfserving, fetched.program), options).catch(() => undefined);
  return version === fetched.version ? fetched : undefined;
}

async function download(
  { layout, signal, environment, say, show }: FetchOptions,
  image: ImageReference,
): Promise<{ digest: string; files: readonly LayerFile[] }> {
  show(`asking ${new URL(image.registry).host} for ${imageName(image)}`);
  await using registry = new RegistryClient(image, { signal, environment, say });
  const { digest, layers }: ImageContents = await readManifest(registry, image);
  const totalBytes = layers.reduce((sum, { size }) => sum + size, 0);
  await requireRoom(layout.tfserving, totalBytes * (1 + UNPACKED_TO_PACKED), 'fetching TensorFlow Serving');
  const blobs = join(layout.tfserving, 'blobs');
  await mkdir(blobs, { recursive: true });
  const progress = downloadText('fetching TensorFlow Serving', totalBytes);
  const files: LayerFile[] = [];
  let before = 0;
  for (const layer of layers) {
    const path = join(blobs, layer.digest.replace(':', '-'));
    await fetchBlob(registry, layer, path, (bytes) => {
      show(progress(before + bytes));
    });
    before += layer.size;
    files.push({ path, digest: layer.digest });
  }
  return { digest, files };
}

async function unpack(
  layers: readonly LayerFile[],
  staging: string,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const contents = join(staging, 'contents');
  await mkdir(contents);
  const tree = new ImageTree();
  for (const layer of layers) await readLayer(layer, tree, contents, signal);
  return await layOutProgram(tree, folder);
}

/** Runs it once: a program that does not start here is not kept. */
async function versionOf(program: string, { environment, signal }: FetchOptions): Promise<string> {
  const limit = new AbortController();
  const late = setTimeout(() => {
    limit.abort();
  }, START_LIMIT_MS);
  const result = await runCommand(program, ['--version'], {
    environment,
    signal: AbortSignal.any([signal, limit.signal]),
  })
    .catch(() => {
      signal.throwIfAborted();
      throw new Error(
        `the fetched tensorflow_model_server does not answer --version within ${START_LIMIT_MS / 1000} s`,
      );
    })
    .finally(() => {
      clearTimeout(late);
    });
  if (!result.started) throw new Error(`the fetched tensorflow_model_server does not start (${result.reason})`);
  const version = result.stdout.trim().split('\n').join(', ');
  if (result.code === 0 && version !== '') return version;
  const why =
    result.signal === 'SIGILL'
      ? 'this processor lacks an instruction that it was built for'
      : (result.signal ?? result.stderr.trim().split('\n').at(-1) ?? `exit code ${result.code ?? '?'}`);
  throw new Error(`the fetched tensorflow_model_server does not run here: ${why}`);
}
