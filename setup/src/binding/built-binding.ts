import { readFile, readlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { NAPI_VERSION, type BindingPackage, type CacheLayout, type Engine } from '@serving-study/runtime';
import { z } from 'zod';
import { PATCH_ID } from './binding-patch.js';

export const BINDING_RECORD = 'binding.json';

/** Written last beside a built binding: against which wheel it was built, and with what. */
export const bindingRecord = z.object({ wheelSha256: z.string(), compiler: z.string(), builtAt: z.string() });

/**
 * Folder of the binding for this package, patch and engine, whether it is there or not. It is not inside `node_modules`, which
 * `npm ci` wipes, and it is two levels below the cache, as the staging folders are: its library search path is relative.
 */
export function bindingDirectory(layout: CacheLayout, binding: BindingPackage, engine: Engine): string {
  return join(
    layout.bindings,
    `tfjs-${binding.version}-${PATCH_ID}-napi-v${NAPI_VERSION}-${basename(engine.directory)}`,
  );
}

/** Whether a whole binding, built against just this engine, is in its folder. */
export async function isBuilt(directory: string, engine: Engine): Promise<boolean> {
  try {
    const record = bindingRecord.parse(JSON.parse(await readFile(join(directory, BINDING_RECORD), 'utf8')));
    return record.wheelSha256 === engine.sha256;
  } catch {
    return false; // absent or unreadable: it is built again
  }
}

/** Whether the package's JavaScript finds the binding in `directory`. */
export async function isLinked(binding: BindingPackage, directory: string): Promise<boolean> {
  const target = await readlink(binding.lookedUpIn).catch(() => undefined);
  return target !== undefined && resolve(dirname(binding.lookedUpIn), target) === directory;
}
