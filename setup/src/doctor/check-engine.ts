import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BINDING_FILE, bindingPackage, findEngine, type CacheLayout, type Engine } from '@serving-study/runtime';
import { BINDING_RECORD, bindingDirectory, bindingRecord, isBuilt, isLinked } from '../binding/built-binding.js';
import { runCommand } from '../provision/run-command.js';
import type { Check } from './check.js';

const SETUP = 'run: npm run setup';

/** TensorFlow's library and its binding. Both are really opened, each in a process of its own. */
export async function checkEngine(layout: CacheLayout): Promise<Check[]> {
  const engine = await findEngine(layout);
  return Promise.all([checkLibrary(layout, engine), checkBinding(layout, engine)]);
}

async function checkLibrary(layout: CacheLayout, engine: Engine | undefined): Promise<Check> {
  const about = { id: 'engine', title: 'TensorFlow', required: true } as const;
  if (engine === undefined)
    return { ...about, state: 'missing', found: `none below ${layout.engines}`, advice: SETUP, details: {} };
  const { distribution, version, wheel, sha256, source, directory } = engine;
  const details = { distribution, version, wheel, sha256, source, directory };
  const opened = await printedByNode(
    `const { openLibrary } = await import(${JSON.stringify(import.meta.resolve('@serving-study/runtime'))});
     console.log(openLibrary(${JSON.stringify(engine.library)}).version());`,
  );
  if (opened.error !== undefined)
    return {
      ...about,
      state: 'missing',
      found: `${directory} does not open: ${opened.error}`,
      advice: `delete that folder and ${SETUP}`,
      details,
    };
  const found = `${opened.text} (${distribution} ${version}, wheel by ${source}, sha256 ${sha256.slice(0, 12)}...)`;
  return { ...about, state: 'ok', found, details };
}

async function checkBinding(layout: CacheLayout, engine: Engine | undefined): Promise<Check> {
  const binding = bindingPackage();
  const about = { id: 'binding', title: 'Binding', required: true } as const;
  const details = { package: binding.version };
  if (engine === undefined)
    return { ...about, state: 'missing', found: 'no TensorFlow to build it against', advice: SETUP, details };
  const directory = bindingDirectory(layout, binding, engine);
  if (!(await isBuilt(directory, engine)))
    return { ...about, state: 'missing', found: 'not built', advice: SETUP, details };
  if (!(await isLinked(binding, directory)))
    return {
      ...about,
      state: 'missing',
      found: 'built, but its package does not see it (npm ci removes that)',
      advice: SETUP,
      details,
    };
  const opened = await printedByNode(
    `const module = { exports: {} };
     process.dlopen(module, ${JSON.stringify(join(directory, BINDING_FILE))});
     console.log(module.exports.TF_Version);`,
  );
  if (opened.error !== undefined)
    return {
      ...about,
      state: 'missing',
      found: `does not load: ${opened.error}`,
      advice: `delete ${directory} and ${SETUP}`,
      details,
    };
  const { compiler } = bindingRecord.parse(JSON.parse(await readFile(join(directory, BINDING_RECORD), 'utf8')));
  const found = `@tensorflow/tfjs-node-gpu ${binding.version} on TensorFlow ${opened.text}, built with ${compiler}`;
  return { ...about, state: 'ok', found, details: { ...details, tensorflow: opened.text, compiler } };
}

type Printed = { readonly text: string; readonly error?: undefined } | { readonly error: string };

async function printedByNode(program: string): Promise<Printed> {
  const result = await runCommand(process.execPath, ['--input-type=module', '--eval', program]);
  if (!result.started) return { error: result.reason };
  if (result.code === 0) return { text: result.stdout.trim() };
  return {
    error: result.stderr.split('\n').find((line) => /^\w*Error/.test(line)) ?? `exit code ${result.code ?? 'none'}`,
  };
}
