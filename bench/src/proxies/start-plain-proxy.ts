import { fileURLToPath } from 'node:url';
import { launchServer, type Launched } from '../process/index.js';

const ENTRY = fileURLToPath(new URL('./plain-process.js', import.meta.url));
const START_LIMIT_MS = 20_000;

/** A proxy that only passes on: what any proxy costs. */
export interface PlainProxy {
  readonly name: string;
  readonly url: string;
  readonly process: Launched;
}

/** `node:net`, `node:http` or Express in front of `origin`. */
export async function startPlainProxy(kind: 'relay' | 'http' | 'express', origin: string): Promise<PlainProxy> {
  const { server, ready: port } = await launchServer(
    { name: kind, command: process.execPath, args: [ENTRY, kind, origin] },
    (started) => started.waitForLine((line) => /^port (\d+)$/.exec(line)?.[1], START_LIMIT_MS),
  );
  return { name: kind, url: `http://127.0.0.1:${port}`, process: server };
}
