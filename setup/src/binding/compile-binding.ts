import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { BINDING_FILE, NAPI_VERSION, type BindingPackage, type Engine } from '@serving-study/runtime';
import type { SetupContext } from '../provision/provision-engine.js';
import { runCommand } from '../provision/run-command.js';
import { patchedBackend } from './binding-patch.js';

/** Compilers to try when the environment names none in CXX. */
const COMPILERS = ['g++', 'c++', 'clang++'];
const PATCHED_UNIT = 'tfjs_backend';
const UNITS = [PATCHED_UNIT, 'tfjs_binding'];

/** The first C++ compiler that runs, with the first line of its `--version`; undefined when there is none. */
export async function findCompiler(
  environment: NodeJS.ProcessEnv,
): Promise<{ command: readonly [string, ...string[]]; version: string } | undefined> {
  const named = environment['CXX']?.split(/\s+/).filter((word) => word !== '') ?? [];
  for (const [program, ...args] of [named, ...COMPILERS.map((compiler) => [compiler])]) {
    if (program === undefined) continue;
    const result = await runCommand(program, [...args, '--version'], { environment });
    if (result.started && result.code === 0)
      return { command: [program, ...args], version: result.stdout.split('\n')[0] ?? program };
  }
  return undefined;
}

/**
 * Compiles the package's C++ sources, patched (`binding-patch.ts`), against the engine into `<staging>/tfjs_binding.node`. It does what the package's
 * binding.gyp asks for on Linux, but needs no node-gyp: Node-API is a C interface with headers on npm, so neither Node's
 * headers (node-gyp downloads them where they are not installed) nor make nor Python is needed, only a C++ compiler.
 * Returns the compiler's version line.
 */
export async function compileBinding(
  context: SetupContext,
  engine: Engine,
  binding: BindingPackage,
  staging: string,
  report: (text: string) => void,
): Promise<string> {
  const compiler = await findCompiler(context.environment);
  if (compiler === undefined) throw new Error(noCompilerText());
  const [program, ...first] = compiler.command;
  const run = async (args: readonly string[]): Promise<void> => {
    const result = await runCommand(program, [...first, ...args], context);
    if (!result.started || result.code !== 0)
      throw new Error(
        `${program} could not build the binding:\n${result.started ? result.stderr.trim() : result.reason}`,
      );
  };
  const sources = join(binding.directory, 'binding');
  const include = [join(engine.directory, 'include'), nodeApiHeaders(), sources].map((directory) => `-I${directory}`);
  for (const unit of UNITS) {
    const source = await readFile(join(sources, `${unit}.cc`), 'utf8');
    await writeFile(join(staging, `${unit}.cc`), unit === PATCHED_UNIT ? patchedBackend(source) : source);
  }
  report(`compiling with ${compiler.version}`);
  await Promise.all(
    UNITS.map((unit) =>
      // prettier-ignore
      run(['-c', '-O3', '-fPIC', '-pthread', '-std=c++17', `-DNAPI_VERSION=${NAPI_VERSION}`, ...include,
        join(staging, `${unit}.cc`), '-o', join(staging, `${unit}.o`)]),
    ),
  );
  report('linking');
  const objects = UNITS.map((unit) => join(staging, `${unit}.o`));
  const { tensorflow, framework } = engine.library;
  const searchPath = `$ORIGIN/${relative(staging, dirname(tensorflow))}`;
  // prettier-ignore
  await run(['-shared', '-pthread', ...objects, tensorflow, framework,
    `-Wl,-rpath,${searchPath}`, '-o', join(staging, BINDING_FILE)]);
  await Promise.all(UNITS.flatMap((unit) => [`${unit}.cc`, `${unit}.o`]).map((file) => rm(join(staging, file))));
  return compiler.version;
}

const require = createRequire(import.meta.url);

function nodeApiHeaders(): string {
  return join(dirname(require.resolve('node-api-headers/package.json')), 'include');
}

function noCompilerText(): string {
  return [
    'the binding of TensorFlow for the Flask-style server has to be compiled, and there is no C++ compiler.',
    'Install one, then run this again: apt-get install g++',
    '(or name one in CXX; or leave the binding out with --skip-binding: then the Flask-style server cannot run)',
  ].join('\n');
}
