/** What the servers' processes use while they are measured. */
export { watchProcesses } from './watch-processes.js';
export { environmentOf, isAlive, processTree, readIfThere } from './proc-files.js';
