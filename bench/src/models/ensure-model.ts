import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { NO_COMMAND, runToEnd } from '../process/index.js';
import { jsonIn } from '../words/json.js';
import { folderDigest } from './folder-digest.js';
import type { ManifestModel } from './manifest.js';
import { PROJECT_ROOT } from './project-root.js';
import { findModel, modelBasePath, readManifest } from './read-manifest.js';

export interface EnsureOptions {
  /** A Python with TensorFlow 2.21, e.g. the project's .cache/venv/bin/python. */
  readonly python: string;
  /** Called with each line the build prints. */
  readonly onProgress?: (line: string) => void;
  /** Ends a build that runs; the call then rejects with the signal's reason and leaves nothing half built. */
  readonly signal?: AbortSignal;
  readonly root?: string;
}

/** SHA-256 by version, of the files as they lie there. */
type Digests = ReadonlyMap<number, string>;

const stampSchema = z.strictObject({
  schema: z.literal(1),
  /** What was built, by version. */
  sha256: z.record(z.string(), z.string()),
  /** What the manifest expected when it was built. */
  manifestSha256: z.record(z.string(), z.string()),
});

/**
 * Makes sure that a model's folder is there: a committed one is, one built on demand is built when it is missing, damaged
 * or of an older recipe. Resolves to why it cannot be had here where that is so. Throws for a name the manifest does not have.
 */
export async function ensureModel(
  name: string,
  options: EnsureOptions,
): Promise<{ readonly digests: Digests } | { readonly reason: string }> {
  const root = options.root ?? PROJECT_ROOT;
  const model = findModel(await readManifest(root), name);
  const present = await digestsOf(model, root);
  if (present !== undefined) return { digests: present };
  if (model.location === 'committed')
    return { reason: `${model.path} is part of the repository but not whole here; run: git restore ${model.path}` };
  const reason = await whyNotBuilt(model, { ...options, root });
  if (reason !== undefined) return { reason };
  const built = await digestsOf(model, root);
  return built === undefined ? { reason: `${model.build.command} left no whole ${model.path}` } : { digests: built };
}

/** Runs models/build.py for one model. Resolves to undefined, or to why it failed and what to do, in words. */
async function whyNotBuilt(
  model: ManifestModel,
  { python, root, onProgress, signal }: EnsureOptions & { readonly root: string },
): Promise<string | undefined> {
  const args = ['-u', join(root, 'models', 'build.py'), model.name];
  const onLine = (line: string): void => onProgress?.(line.trim());
  const build = { name: `building ${model.name}`, command: python, args, cwd: root, onLine };
  const { code, lastWords } = await runToEnd(build, signal);
  if (code === 0) return undefined;
  return code === NO_COMMAND
    ? `${model.name} is built on demand with Python and TensorFlow, and ${python} could not be started (${lastWords}); run: npm run setup`
    : `building ${model.name} failed (exit code ${code ?? 'none: killed'}): ${lastWords}; to see all of it run: ${model.build.command}`;
}

/** Undefined where the model is not whole, or of another recipe than the manifest's. */
async function digestsOf(model: ManifestModel, root: string): Promise<Digests | undefined> {
  const basePath = modelBasePath(model, root);
  const digests = new Map<number, string>();
  for (const { version } of model.versions) {
    const digest = await folderDigest(join(basePath, String(version))).catch(() => undefined);
    if (digest === undefined) return undefined;
    digests.set(version, digest);
  }
  const asRecorded = model.versions.every(({ version, sha256 }) => digests.get(version) === sha256);
  return asRecorded || (await builtForThisManifest(model, basePath, digests)) ? digests : undefined;
}

/**
 * Other bytes than the manifest's are accepted only where build.py made exactly these from the manifest's recipe: a build on
 * another processor or library release may differ honestly.
 */
async function builtForThisManifest(model: ManifestModel, basePath: string, digests: Digests): Promise<boolean> {
  const text = await readFile(join(basePath, 'build.json'), 'utf8').catch(() => '');
  const stamp = stampSchema.safeParse(jsonIn(text));
  if (!stamp.success) return false;
  return model.versions.every(({ version, sha256 }) => {
    const key = String(version);
    return stamp.data.sha256[key] === digests.get(version) && stamp.data.manifestSha256[key] === sha256;
  });
}
