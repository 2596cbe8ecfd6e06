import { fileURLToPath } from 'node:url';
import type { Program } from './server-process.js';

/** The compiled entry point of a workspace of this project. */
function mainOf(workspace: string, main = 'main.js'): string {
  return fileURLToPath(new URL(main, import.meta.resolve(`@serving-study/${workspace}`)));
}

export const STANDIN: Program = { command: process.execPath, leading: [mainOf('tfserving-standin')] };
