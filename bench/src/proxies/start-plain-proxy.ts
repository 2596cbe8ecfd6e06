import { fileURLToPath } from 'node:url';
import { launchScript } from '../process/index.js';

const ENTRY = fileURLToPath(new URL('./plain-process.js', import.meta.url));

export type PlainProxy = Awaited<ReturnType<typeof startPlainProxy>>;

/** A proxy that only passes on, by `node:net`, `node:http` or Express, in front of `origin`: what any proxy costs. */
export async function startPlainProxy(kind: 'relay' | 'http' | 'express', origin: string) {
  const server = launchScript(kind, ENTRY, { args: [kind, origin] });
  return { name: kind, url: `http://127.0.0.1:${String(await server.message())}`, process: server };
}
