import { join } from 'node:path';
import { NO_COMMAND, runToEnd } from '../process/index.js';
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
  const args = ['-u', join(root, 'models', 'build.py'), model.name];
  const onLine = (line: string): void => onProgress?.(line.trim());
  const build = { name: `building ${model.name}`, command: python, args, cwd: root, onLine };
  const { code, lastWords } = await runToEnd(build, signal);
  if (code === 0) return undefined;
  return code === NO_COMMAND
    ? `${model.name} is built on demand with Python and TensorFlow, and ${python} could not be started (${lastWords}); run: npm run setup`
    : `building ${model.name} failed (exit code ${code ?? 'none: killed'}): ${lastWords}; to see all of it run: ${model.build.command}`;
}
