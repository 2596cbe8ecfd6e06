import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Node-API version the binding is compiled for; every supported Node has it, so one build serves them all. */
export const NAPI_VERSION = 8;

export const BINDING_FILE = 'tfjs_binding.node';

/** The installed `@tensorflow/tfjs-node-gpu`: C++ sources to build, and the place where its JavaScript looks for the result. */
export interface BindingPackage {
  readonly directory: string;
  readonly version: string;
  /** Folder in which its JavaScript expects `tfjs_binding.node`. */
  readonly lookedUpIn: string;
}

export function bindingPackage(): BindingPackage {
  const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json');
  const directory = dirname(manifest);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return { directory, version, lookedUpIn: join(directory, 'lib', `napi-v${NAPI_VERSION}`) };
}
