import { cacheLayout } from '@serving-study/runtime';
import type { Check } from './check.js';
import { checkCpu } from './check-cpu.js';
import { checkEngine } from './check-engine.js';
import { checkNode } from './check-node.js';
import { checkCompiler, checkPython } from './check-python.js';
import { checkServing } from './check-serving.js';

export interface Inspection {
  /** False when something is missing that the study cannot run without. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

/** Looks for everything the project can use on this machine; changes nothing. Takes about two seconds. */
export async function inspectMachine(options: {
  readonly cache: string | undefined;
  readonly python: string;
  readonly environment: NodeJS.ProcessEnv;
}): Promise<Inspection> {
  const layout = cacheLayout(options.cache);
  const checks = await Promise.all([
    checkEngine(layout),
    checkCpu(),
    checkCompiler(options.environment).then((check) => [check]),
    checkPython(layout, options.python),
    checkServing(layout, options.environment),
  ]);
  const flat = [checkNode(process.version), ...checks.flat()];
  return { ok: !flat.some(({ required, state }) => required && state === 'missing'), checks: flat };
}
