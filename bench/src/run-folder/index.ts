export { readResults } from './read-results.js';
export { RunFolder } from './run-folder.js';
export { writeAtomically } from './write-atomically.js';
