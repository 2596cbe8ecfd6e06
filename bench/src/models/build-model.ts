import { join } from 'node:path';
import { launch, NO_COMMAND } from '../process/index.js';
import type { ManifestModel } from './manifest.js';

export interface BuildOptions {
  readonly python: string;
  readonly root: string;
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Runs models/build.py for one model. Resolves to undefined, or to why it failed and what to do, in words. */
export async function buildModel(model: ManifestModel, options: BuildOptions): Promise<string | undefined> {
  const { python, root, onProgress, signal } = options;
  signal?.throwIfAborted();
  const build = launch({
    name: `building ${model.name}`,
    command: python,
    args: ['-u', join(root, 'models', 'build.py'), model.name],
    cwd: root,
    onLine: (line) => onProgress?.(line.trim()),
  });
  const stop = (): void => void build.stop();
  signal?.addEventListener('abort', stop);
  const { code, lastWords } = await build.ended;
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (code === 0) return undefined;
  return code === NO_COMMAND
    ? `${model.name} is built on demand with Python and TensorFlow, and ${python} could not be started (${lastWords}); run: npm run setup`
    : `building ${model.name} failed (exit code ${code ?? 'none: killed'}): ${lastWords}; to see all of it run: ${model.build.command}`;
}
