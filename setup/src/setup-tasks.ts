import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bindingPackage, requireEngine } from '@serving-study/runtime';
import { Listr, type ListrTask } from 'listr2';
import { provisionBinding } from './binding/provision-binding.js';
import { dropWheels, provisionEngine, type SetupContext } from './provision/provision-engine.js';
import { throttled } from './provision/step-progress.js';
import { provisionPython } from './python/provision-python.js';
import { readRequirements } from './python/requirements.js';
import type { SetupOptions } from './setup-options.js';
import type { SetupState } from './setup-state.js';

/** Runs the steps that `state` says are to be done, showing progress. For the holder of the set-up lock. */
export async function runSetupTasks(context: SetupContext, options: SetupOptions, state: SetupState): Promise<void> {
  const { release } = state;
  let failure: Error | undefined;
  // The list shows which step failed; what to do about it can be many lines, which the caller prints once, below the list.
  const step =
    (work: ListrTask['task']): ListrTask['task'] =>
    async (shared, task) => {
      try {
        await work(shared, task);
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
        throw new Error('see below', { cause: error });
      }
    };
  const engineStep: ListrTask[] = [
    {
      title: `TensorFlow ${release.version} (${release.distribution})`,
      skip: state.engine !== undefined && 'already there',
      task: step(async (_, task) => {
        const report = throttled(options.interactive, (text) => (task.output = text));
        const { wheel, indexUrl } = options;
        const engine = await provisionEngine(context, { release, wheel, indexUrl, report });
        task.title = `TensorFlow ${engine.version} (${engine.distribution}) from ${engine.source}`;
      }),
    },
  ];
  const stepsOnIt: ListrTask[] = [
    {
      title: 'Binding for the Flask-style server',
      skip: !options.withBinding ? 'left out' : state.bindingReady && 'already there',
      task: step(async (_, task) => {
        const engine = await requireEngine(context.layout.root);
        await provisionBinding(context, engine, bindingPackage(), (text) => (task.output = text));
      }),
    },
    {
      title: 'Python environment (TensorFlow, Flask, FastAPI)',
      skip: !options.withPython ? 'left out' : state.pythonReady && 'already there',
      task: step(async (_, task) => {
        const requirements = await readRequirements(options.requirementsFile, release);
        const { wheel: name } = await requireEngine(context.layout.root);
        const wheel = options.wheel ?? join(context.layout.wheels, name);
        const report = throttled(options.interactive, (text) => (task.output = text));
        const outcome = await provisionPython(context, requirements, existsSync(wheel) ? wheel : undefined, report);
        if (outcome.state === 'unavailable') task.skip(`Python environment left out: ${outcome.reason}`);
        if (outcome.state === 'without-added')
          task.skip(`FastAPI left out of the Python environment: ${outcome.reason}`);
      }),
    },
  ];
  const renderer = options.interactive ? 'default' : 'simple';
  // Both at once: the compiler and pip keep one core each busy. A failing step does not leave the other one half done.
  for (const [steps, concurrent] of [
    [engineStep, false],
    [stepsOnIt, true],
  ] as const) {
    await new Listr([...steps], { renderer, concurrent, exitOnError: false, registerSignalListeners: false }).run();
    if (failure !== undefined) throw failure;
  }
  await dropWheels(context.layout);
}
