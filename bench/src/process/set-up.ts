import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The command line of set-up: what it fetches is no part of this package. */
export const SETUP = fileURLToPath(new URL('../../../setup/dist/cli.js', import.meta.url));
/** Standard output is for results. */
export const STDERR = 2;

/** Fetches TensorFlow and what else servers need; takes a moment when all is there. Tells its progress and failures itself. */
export async function setUp(signal?: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [SETUP, 'setup'], { stdio: ['ignore', STDERR, STDERR], signal });
  const [code] = (await once(child, 'close')) as [number | null];
  signal?.throwIfAborted();
  if (code !== 0) throw new Error('nothing can be measured before set-up has ended well: it says above what to do');
}
