import { bindingPackage, findEngine, type CacheLayout, type Engine } from '@serving-study/runtime';
import { bindingDirectory, isBuilt, isLinked } from './binding/built-binding.js';
import { engineDirectory } from './provision/provision-engine.js';
import { defaultRelease, type Release } from './provision/tensorflow-release.js';
import { releaseFromWheelName } from './provision/wheel-name.js';
import { findPythonEnvironment, holds } from './python/python-environment.js';
import { readRequirements } from './python/requirements.js';
import type { SetupOptions } from './setup-options.js';

/** What is wanted and which parts of it are there. */
export interface SetupState {
  readonly release: Release;
  readonly engine: Engine | undefined;
  readonly bindingReady: boolean;
  readonly pythonReady: boolean;
}

/** Reads a few small files only: this is all that a set-up does when there is nothing to do. */
export async function inspectSetup(layout: CacheLayout, options: SetupOptions): Promise<SetupState> {
  const current = await findEngine(layout);
  const release = wantedRelease(options, current);
  const isWanted = current?.directory === engineDirectory(layout, release) && options.wheel === undefined;
  const engine = isWanted ? current : undefined;
  return {
    release,
    engine,
    bindingReady: !options.withBinding || (engine !== undefined && (await isBindingReady(layout, engine))),
    pythonReady: !options.withPython || (await isPythonReady(layout, options, release)),
  };
}

function wantedRelease({ release, wheel, arch }: SetupOptions, current: Engine | undefined): Release {
  if (wheel !== undefined) return releaseFromWheelName(wheel, arch);
  return release ?? current ?? defaultRelease(arch);
}

async function isBindingReady(layout: CacheLayout, engine: Engine): Promise<boolean> {
  const binding = bindingPackage();
  const directory = bindingDirectory(layout, binding, engine);
  return (await isBuilt(directory, engine)) && (await isLinked(binding, directory));
}

async function isPythonReady(layout: CacheLayout, options: SetupOptions, release: Release): Promise<boolean> {
  return holds(await findPythonEnvironment(layout), await readRequirements(options.requirementsFile, release));
}
