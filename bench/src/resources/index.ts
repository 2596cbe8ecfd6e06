/** What the servers' processes use while they are measured. */
export { watchProcesses } from './watch-processes.js';
export { environmentOf, isAlive, processTree, readIfThere, startOf } from './proc-files.js';
