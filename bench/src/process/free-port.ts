import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once, type EventEmitter } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections (32768 and up on Linux, 49152 elsewhere). */
const FIRST = 12_000;
const END = 32_000;

/** Processes start at different places: they seldom try the same ports. */
let next = randomInt(FIRST, END);

/**
 * A TCP port on which nothing listens, for servers that cannot choose one themselves (TensorFlow Serving reads
 * `--port=0` as "off"). No outgoing connection takes it before its server does, and nobody who asks here gets it twice:
 * while this process lives, its UDP port of the same number is taken.
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
  const claim = createSocket('udp4').unref();
  claim.bind({ port, exclusive: true });
  if (!(await isBound(claim))) return false;
  const probe = createServer().listen(port);
  if (!(await isBound(probe))) {
    claim.close();
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}

/** False when the port is in use. */
async function isBound(socket: EventEmitter): Promise<boolean> {
  try {
    await once(socket, 'listening');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}
