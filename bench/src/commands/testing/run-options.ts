import { Progress } from '../../run/progress.js';
import type { RunOptions } from '../run-options.js';

/** What a command line without options says: the quick study, which prints nothing. */
export function runOptions(overrides: Partial<RunOptions> = {}): RunOptions {
  return {
    asked: { program: 'study', profile: 'quick', seed: 1, timeFactor: 1 },
    given: new Set<string>(),
    out: 'reports',
    dryRun: false,
    resume: undefined,
    command: '',
    failOn: [],
    json: false,
    print: () => undefined,
    progress: new Progress(process.stderr),
    signal: new AbortController().signal,
    tfserving: { restUrl: undefined, grpcAddress: undefined, binary: undefined, image: '', standinOnly: true },
    generatorSecret: '',
    ...overrides,
  };
}
