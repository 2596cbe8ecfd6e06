import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ManifestModel } from './manifest.js';

export interface BuildOptions {
  readonly python: string;
  readonly root: string;
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Enough of standard error to say what went wrong. */
const KEPT_ERROR_CHARACTERS = 2000;

/** Runs models/build.py for one model. Resolves to undefined, or to why it failed and what to do, in words. */
export async function buildModel(model: ManifestModel, options: BuildOptions): Promise<string | undefined> {
  const { python, root, onProgress, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(python, ['-u', join(root, 'models', 'build.py'), model.name], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): void => void child.kill();
  signal?.addEventListener('abort', stop);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-KEPT_ERROR_CHARACTERS);
  });
  createInterface({ input: child.stdout }).on('line', (line) => onProgress?.(line.trim()));
  const ended = await new Promise<{ code: number | null } | { cause: Error }>((resolve) => {
    child.once('error', (cause) => {
      resolve({ cause });
    });
    child.once('close', (code) => {
      resolve({ code });
    });
  });
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if ('cause' in ended) {
    return `${model.name} is built on demand with Python and TensorFlow, and ${python} could not be started (${ended.cause.message}); run: npm run setup`;
  }
  if (ended.code === 0) return undefined;
  const lastLine = complaint.trim().split('\n').at(-1) ?? '';
  return `building ${model.name} failed (exit code ${ended.code ?? 'none: killed'}): ${lastLine}; to see all of it run: ${model.build.command}`;
}
