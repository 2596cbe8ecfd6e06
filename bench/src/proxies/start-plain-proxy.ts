import { fileURLToPath } from 'node:url';
import { launchServer } from '../process/index.js';

const ENTRY = fileURLToPath(new URL('./plain-process.js', import.meta.url));
const START_LIMIT_MS = 20_000;

export type PlainProxy = Awaited<ReturnType<typeof startPlainProxy>>;

/** A proxy that only passes on, by `node:net`, `node:http` or Express, in front of `origin`: what any proxy costs. */
export async function startPlainProxy(kind: 'relay' | 'http' | 'express', origin: string) {
  const { server, ready: port } = await launchServer(
    { name: kind, command: process.execPath, args: [ENTRY, kind, origin] },
    (started) => started.waitForLine((line) => /^port (\d+)$/.exec(line)?.[1], START_LIMIT_MS),
  );
  return { name: kind, url: `http://127.0.0.1:${port}`, process: server };
}
