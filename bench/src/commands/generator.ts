import { once } from 'node:events';
import { serveGenerator } from '../load/index.js';
import { VERSION } from './help.js';

/** Serves a generator at `listen` (host:port) until it is told to stop. @throws Error for what is no address, or cannot be had. */
export async function generator(
  listen: string,
  secret: string,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const [, host = '', port = ''] = /^(\[[\da-f:.]+\]|[^\s:/@[\]]+):(\d{1,5})$/i.exec(listen) ?? [];
  if (host === '' || Number(port) > 65_535)
    throw new Error(`--listen takes host:port, e.g. 0.0.0.0:9700; got "${listen}"`);
  await using served = await serveGenerator({
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port),
    version: VERSION,
    secret,
    say,
  });
  say(`the load generator listens on ${served.address}`);
  if (!signal.aborted) await once(signal, 'abort');
}
