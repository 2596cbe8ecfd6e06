import { fileURLToPath } from 'node:url';
import type { Program } from './server-process.js';

/** The compiled entry point of a workspace of this project. */
function mainOf(workspace: string, main = 'main.js'): string {
  return fileURLToPath(new URL(main, import.meta.resolve(`@serving-study/${workspace}`)));
}

export const STANDIN: Program = { command: process.execPath, leading: [mainOf('tfserving-standin')] };

/** Who is held to the recordings by each way: by gRPC the tuned proxy, whose JSON is TensorFlow Serving's; by REST bytes pass. */
export const PROXIES: Readonly<Record<'grpc' | 'rest', Program>> = {
  grpc: { command: process.execPath, leading: [mainOf('tfserving-proxy', 'tuned/main.js')] },
  rest: { command: process.execPath, leading: [mainOf('tfserving-proxy')] },
};
