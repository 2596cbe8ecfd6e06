import { cacheLayout } from '@serving-study/runtime';
import { sweepStaging } from './provision/staging.js';
import { acquireSetupLock } from './provision/setup-lock.js';
import type { SetupOptions } from './setup-options.js';
import { inspectSetup, type SetupState } from './setup-state.js';

/**
 * Makes everything the study needs below the cache: TensorFlow's library, the binding built against it, the Python
 * environment. Does nothing, quickly, when all is there. Throws with what is missing and how to get it; Python is the
 * exception: without it the set-up ends well and says what then cannot be tested.
 */
export async function setup(options: SetupOptions): Promise<void> {
  const layout = cacheLayout(options.cache);
  const before = await inspectSetup(layout, options);
  if (!isComplete(before)) {
    await using lock = await acquireSetupLock(layout.lock, {
      signal: options.signal,
      onWait: (pid) => {
        options.say(`Another set-up (process ${pid}) is at work; waiting for it.`);
      },
    });
    await sweepStaging(layout);
    const state = await inspectSetup(layout, options);
    if (!isComplete(state)) {
      const { runSetupTasks } = await import('./setup-tasks.js');
      await runSetupTasks(
        { ...options, python: options.python, layout, lockDescriptor: lock.descriptor },
        options,
        state,
      );
    }
  }
  options.say(readyText(await inspectSetup(layout, { ...options, wheel: undefined }), options));
}

function isComplete(state: SetupState): boolean {
  return state.engine !== undefined && state.bindingReady && state.pythonReady;
}

function readyText({ engine, release, pythonReady }: SetupState, options: SetupOptions): string {
  const parts = [`TensorFlow ${release.version} (${release.distribution}, from ${engine?.source ?? 'nowhere'})`];
  if (options.withBinding) parts.push('its binding');
  if (options.withPython && pythonReady) parts.push('the Python environment');
  return `Ready: ${parts.join(', ')}.`;
}
