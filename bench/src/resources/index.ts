export { watchProcesses, type ProcessWatch, type WatchedProcess } from './watch-processes.js';
