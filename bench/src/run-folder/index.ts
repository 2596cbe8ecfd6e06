export { RunFolder } from './run-folder.js';
