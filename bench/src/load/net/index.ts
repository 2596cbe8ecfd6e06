import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { EpollNetwork } from './epoll-network.js';
import type { Endpoint, Network } from './network.js';
import { loadSystemCalls } from './system-calls.js';

export { clock } from './clock.js';
export { loadSystemCalls } from './system-calls.js';
export { SocketError, type Endpoint, type Network, type Socket, type SocketEvents } from './network.js';

/** How long a name's addresses may take to answer. */
const RESOLVE_LIMIT_MS = 2000;

let systemCalls: ReturnType<typeof loadSystemCalls> | undefined;

/** Sockets on system calls. @throws Error, as `loadSystemCalls` does. */
export async function openNetwork(): Promise<Network> {
  return new EpollNetwork(await (systemCalls ??= loadSystemCalls()));
}

/** Host and port of a URL, or of `host:port`; 80 where it names none. */
export function endpointOf(address: string): Endpoint {
  const { hostname, port } = new URL(address.includes('://') ? address : `http://${address}`);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? 80 : Number(port) };
}

/**
 * The numeric address behind the name in a URL or in `host:port`: of several the one that takes connections, asked once.
 * @throws Error when the name cannot be resolved.
 */
export async function resolveEndpoint(address: string): Promise<Endpoint> {
  const { host, port } = endpointOf(address);
  if (isIP(host) !== 0) return { host, port };
  const [first] = await lookup(host, { all: true });
  const reached = await new Promise<string | undefined>((resolve) => {
    const socket = connect({ host, port, timeout: RESOLVE_LIMIT_MS });
    const end = (): void => {
      resolve(socket.remoteAddress);
      socket.destroy();
    };
    socket.on('connect', end).on('timeout', end).on('error', end);
  });
  return { host: reached ?? first?.address ?? host, port };
}
