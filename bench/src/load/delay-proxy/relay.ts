import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from '../../random/index.js';
import type { DelayLine } from './delay-lines.js';
import type { Link } from './link.js';

/** One direction: the arithmetic of the link and the line that holds bytes until they arrive. */
export interface Direction {
  readonly link: Link;
  readonly line: DelayLine;
}

export interface RelayOptions {
  readonly upstream: { readonly host: string; readonly port: number };
  readonly rttMs: number;
  readonly toUpstream: Direction;
  readonly fromUpstream: Direction;
  /** Bytes of one connection and direction that may be on the way; beyond, the sender is held back as a full link would. */
  readonly heldBytes: number;
  /** Each connection is reset after a random time of this mean rate; 0: never. */
  readonly connectionLossPerS: number;
  readonly random: Random;
  readonly clock: () => number;
}

/** A TCP server that passes every connection on to the upstream through the link. Listens nowhere yet. */
export function createRelay(options: RelayOptions): Server {
  return createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const { host, port } = options.upstream;
    const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true });
    // A client is connected once SYN and SYN-ACK have travelled; here the kernel says so at once, so its bytes wait.
    const openAtNs = options.clock() + options.rttMs * 1e6;
    pass(client, upstream, options.toUpstream, openAtNs, options);
    pass(upstream, client, options.fromUpstream, openAtNs, options);
    loseAfterAWhile([client, upstream], options);
  });
}

function pass(from: Socket, to: Socket, { link, line }: Direction, openAtNs: number, options: RelayOptions): void {
  let held = 0;
  const arrival = (bytes: number): number => link.arrivesAtNs(Math.max(options.clock(), openAtNs), bytes);

  from.on('data', (chunk: Buffer) => {
    held += chunk.length;
    if (held > options.heldBytes) from.pause();
    line.plan(arrival(chunk.length), () => {
      const written = (): void => {
        held -= chunk.length;
        if (from.isPaused() && held <= options.heldBytes / 2) from.resume();
      };
      if (to.destroyed) written();
      else to.write(chunk, written);
    });
  });
  from.on('end', () => {
    line.plan(arrival(0), () => {
      to.end();
    });
  });
  // Also for a connection that could not be made: the other side learns of it as of a reset.
  from.on('error', () => {
    line.plan(arrival(0), () => {
      to.resetAndDestroy();
    });
  });
}

function loseAfterAWhile(sockets: readonly Socket[], { connectionLossPerS, random }: RelayOptions): void {
  if (connectionLossPerS <= 0) return;
  const timer = setTimeout(
    () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    (-Math.log(1 - random.unit()) / connectionLossPerS) * 1e3,
  );
  for (const socket of sockets) {
    socket.once('close', () => {
      clearTimeout(timer);
    });
  }
}
