import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections (32768 and up on Linux, 49152 elsewhere). */
const FIRST = 12_000;
const END = 32_000;

/** Processes start at different places, so that two do not find the same port free. */
let next = randomInt(FIRST, END);

/**
 * A TCP port on which nothing listens, for servers that cannot choose one themselves (TensorFlow Serving reads
 * `--port=0` as "off"). No outgoing connection takes it before its server does, and this process gives it out once.
 */
export async function freePort(): Promise<number> {
  for (let tried = FIRST; tried < END; tried++) {
    const port = next;
    next = port + 1 === END ? FIRST : port + 1;
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${FIRST} to ${END - 1} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen(port), 'listening');
    probe.close();
    await once(probe, 'close');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}
