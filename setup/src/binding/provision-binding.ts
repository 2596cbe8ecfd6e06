import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { BINDING_FILE, type BindingPackage, type Engine } from '@serving-study/runtime';
import type { SetupContext } from '../provision/provision-engine.js';
import { runCommand } from '../provision/run-command.js';
import { moveIntoPlace, withStaging, writeJson } from '../provision/staging.js';
import { BINDING_RECORD, bindingDirectory, isBuilt, isLinked } from './built-binding.js';
import { compileBinding } from './compile-binding.js';

const READABLE_BY_ALL = 0o755;

/** Builds the binding against the engine unless that is done, and shows it to its package. Returns the folder it is in. */
export async function provisionBinding(
  context: SetupContext,
  engine: Engine,
  binding: BindingPackage,
  report: (text: string) => void,
): Promise<string> {
  const directory = bindingDirectory(context.layout, binding, engine);
  if (!(await isBuilt(directory, engine))) {
    await withStaging(context.layout, async (staging) => {
      const compiler = await compileBinding(context, engine, binding, staging, report);
      await requireLoadable(context, join(staging, BINDING_FILE));
      await writeJson(join(staging, BINDING_RECORD), {
        wheelSha256: engine.sha256,
        compiler,
        builtAt: new Date().toISOString(),
      });
      await chmod(staging, READABLE_BY_ALL); // temporary folders are their maker's only, but servers may run as another user
      await moveIntoPlace(staging, directory);
    });
  }
  if (!(await isLinked(binding, directory))) await link(binding, directory);
  return directory;
}

async function link(binding: BindingPackage, directory: string): Promise<void> {
  await mkdir(dirname(binding.lookedUpIn), { recursive: true });
  await rm(binding.lookedUpIn, { recursive: true, force: true });
  // Relative, so that the whole checkout may be moved or copied into an image.
  await symlink(relative(dirname(binding.lookedUpIn), directory), binding.lookedUpIn);
}

/** A binding that does not load is found here, in a process of its own, and not at a server's start. */
async function requireLoadable({ environment, signal }: SetupContext, file: string): Promise<void> {
  const program = 'process.dlopen({ exports: {} }, process.argv[1])';
  const result = await runCommand(process.execPath, ['--eval', program, file], { environment, signal });
  if (!result.started || result.code !== 0)
    throw new Error(
      `the binding was built but does not load: ${result.started ? loaderReason(result.stderr) : result.reason}`,
    );
}

/** The `Error: ...` line of Node's report of an uncaught error. */
function loaderReason(stderr: string): string {
  return stderr.split('\n').find((line) => line.startsWith('Error: ')) ?? stderr.trim();
}
