import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Given out already in this process: the system may offer a port again before its server has taken it. */
const taken = new Set<number>();

/** A port nobody listens on, for servers that must be told theirs. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  probe.close();
  await once(probe, 'close');
  if (taken.has(port)) return freePort();
  taken.add(port);
  return port;
}

/** Whether somebody accepts connections there. */
export async function isListening(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
