export { readResults } from './read-results.js';
export { RunFolder } from './run-folder.js';
export { UnwritableError } from './unwritable.js';
export { makeFolder, writeAtomically } from './write-atomically.js';
