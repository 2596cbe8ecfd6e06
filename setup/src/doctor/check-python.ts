import type { CacheLayout } from '@serving-study/runtime';
import { findCompiler } from '../binding/compile-binding.js';
import { outputOf } from '../provision/run-command.js';
import { findPythonEnvironment, pythonOf } from '../python/python-environment.js';
import type { Check } from './check.js';

const LIMIT_MS = 20_000;

export async function checkPython(layout: CacheLayout, python: string): Promise<Check[]> {
  return Promise.all([checkInterpreter(python), checkFlask(layout)]);
}

async function checkInterpreter(python: string): Promise<Check> {
  const about = { id: 'python', title: 'Python', required: false } as const;
  const version = await outputOf(python, ['-c', 'import platform; print(platform.python_version())'], LIMIT_MS);
  if (version === undefined)
    return {
      ...about,
      state: 'missing',
      found: `${python} does not run`,
      advice: 'apt-get install python3 python3-pip python3-venv',
      details: {},
    };
  const program = 'import importlib.util as u; print(*[m for m in ("pip", "venv", "ensurepip") if u.find_spec(m)])';
  const modules = ((await outputOf(python, ['-c', program], LIMIT_MS)) ?? '').split(' ');
  const lacking = ['pip', 'venv', 'ensurepip'].filter((module) => !modules.includes(module));
  return {
    ...about,
    state: lacking.length === 0 ? 'ok' : 'limited',
    found: lacking.length === 0 ? `${version} with pip and venv` : `${version} without ${lacking.join(', ')}`,
    ...(lacking.length === 0 ? {} : { advice: 'apt-get install python3-pip python3-venv' }),
    details: { version, lacking },
  };
}

async function checkFlask(layout: CacheLayout): Promise<Check> {
  const about = { id: 'flask', title: 'Flask, FastAPI', required: false } as const;
  const missing = (found: string): Check => ({
    ...about,
    state: 'missing',
    found: `${found}: Flask, FastAPI and large models are not tested`,
    advice: 'run: npm run setup (it says what its Python step lacks)',
    details: {},
  });
  if ((await findPythonEnvironment(layout)) === undefined) return missing(`no environment in ${layout.venv}`);
  const program =
    'from importlib.metadata import version, distributions as d\n' +
    'there = {x.metadata["Name"].lower() for x in d()}\n' +
    'names = ["flask", "gunicorn"] + [n for n in ("fastapi", "uvicorn", "tensorflow", "tensorflow-cpu", "tensorflow_cpu") if n in there]\n' +
    'print(*[f"{n} {version(n)}" for n in names], sep=", ")';
  const found = await outputOf(pythonOf(layout), ['-c', program], LIMIT_MS);
  if (found === undefined) return missing(`the environment in ${layout.venv} is broken`);
  const packages = found.split(', ');
  const details = { python: pythonOf(layout), packages };
  if (!packages.some((each) => each.startsWith('uvicorn ')))
    return { ...about, state: 'limited', found: `${found}, and no FastAPI`, advice: 'run: npm run setup', details };
  return { ...about, state: 'ok', found, details };
}

/** Needed only while the binding is not built. */
export async function checkCompiler(environment: NodeJS.ProcessEnv): Promise<Check> {
  const compiler = await findCompiler(environment);
  const about = { id: 'compiler', title: 'C++ compiler', required: false } as const;
  if (compiler === undefined)
    return {
      ...about,
      state: 'missing',
      found: 'none (needed to build the binding)',
      advice: 'apt-get install g++',
      details: {},
    };
  return {
    ...about,
    state: 'ok',
    found: compiler.version,
    details: { version: compiler.version, command: compiler.command },
  };
}
