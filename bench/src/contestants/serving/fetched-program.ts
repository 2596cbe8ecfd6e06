import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { SETUP, STDERR } from '../../process/index.js';

const FETCHED = fileURLToPath(new URL('../../../../.cache/tfserving', import.meta.url));

/** What `npm run tfserving:fetch` leaves in current.json. */
const fetchedSchema = z.object({ image: z.string(), digest: z.string(), program: z.string() });

export interface FetchedProgram {
  readonly path: string;
  /** `docker.io/tensorflow/serving:2.20.0@sha256:…`. */
  readonly image: string;
}

/**
 * TensorFlow Serving's program from its image in a registry: the one that is here, else fetched now, with its progress on
 * standard error. Returns the reason, one sentence, when it cannot be had.
 */
export async function fetchProgram(signal?: AbortSignal): Promise<FetchedProgram | { readonly reason: string }> {
  const child = spawn(process.execPath, [SETUP, 'tfserving-fetch'], {
    stdio: ['ignore', STDERR, 'pipe'],
    signal,
  });
  const [said, [code]] = await Promise.all([
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code !== 0) return { reason: said.trim().split('\n').at(-1) ?? 'it cannot be fetched' };
  const { image, digest, program } = fetchedSchema.parse(
    JSON.parse(await readFile(join(FETCHED, 'current.json'), 'utf8')),
  );
  return { path: join(FETCHED, program), image: `${image}@${digest}` };
}
