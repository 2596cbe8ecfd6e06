import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { ByteProgress } from './step-progress.js';
import { PINNED_WHEELS, type Release } from './tensorflow-release.js';
import { fitsThisMachine } from './wheel-name.js';

export const PACKAGE_INDEX = 'https://pypi.org';

/** A download that brings no byte for this long has failed. */
const STALL_MS = 60_000;

/** The index's JSON API: https://docs.pypi.org/api/json/ */
const releaseFiles = z.object({
  urls: z.array(z.object({ filename: z.string(), url: z.string(), digests: z.object({ sha256: z.string() }) })),
});

export interface HttpsOptions {
  /** Base URL of a package index with PyPI's JSON API. */
  readonly indexUrl: string;
  readonly arch: NodeJS.Architecture;
  readonly signal: AbortSignal;
  readonly onProgress?: ByteProgress;
}

/** Downloads the wheel into `directory` without pip and checks it against the index's sha256. Throws with the reason. */
export async function wheelFromHttps(release: Release, directory: string, options: HttpsOptions): Promise<string> {
  const address = `${options.indexUrl.replace(/\/$/, '')}/pypi/${release.distribution}/${release.version}/json`;
  const response = await get(address, options.signal);
  const { urls } = releaseFiles.parse(await response.json());
  const wheels = urls.filter(({ filename }) => fitsThisMachine(filename, options.arch));
  // The same libraries are in the wheel for each Python; one that was seen before can be checked against our own hash too.
  const wheel = wheels.find(({ filename }) => filename in PINNED_WHEELS) ?? wheels[0];
  if (wheel === undefined) throw new Error(`${address} lists no wheel for Linux on ${options.arch}`);
  const path = join(directory, wheel.filename);
  const sha256 = await download(new URL(wheel.url, address).href, path, options);
  if (sha256 !== wheel.digests.sha256)
    throw new Error(
      `${wheel.filename} has the sha256 ${sha256}, the index says ${wheel.digests.sha256}: damaged on the way`,
    );
  return path;
}

/** Returns the sha256 of what was written. */
async function download(url: string, path: string, { signal, onProgress }: HttpsOptions): Promise<string> {
  const stalled = new AbortController();
  const response = await get(url, AbortSignal.any([signal, stalled.signal]));
  if (response.body === null) throw new Error(`${url} answered without a body`);
  const total = Number(response.headers.get('content-length') ?? NaN);
  const hash = createHash('sha256');
  const timer = setTimeout(() => {
    stalled.abort(new Error(`${url} sent nothing for ${STALL_MS / 1000} s`));
  }, STALL_MS);
  let done = 0;
  try {
    await pipeline(
      response.body,
      async function* count(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          timer.refresh();
          hash.update(chunk);
          done += chunk.length;
          onProgress?.(done, Number.isNaN(total) ? undefined : total);
          yield chunk;
        }
      },
      createWriteStream(path),
      { signal },
    );
  } finally {
    clearTimeout(timer);
  }
  if (!Number.isNaN(total) && done !== total) throw new Error(`${url} ended after ${done} of ${total} bytes`);
  return hash.digest('hex');
}

async function get(url: string, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    signal.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(`${url} cannot be reached (${cause})`, { cause: error });
  }
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}
