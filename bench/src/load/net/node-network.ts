import { connect, createServer, type AddressInfo, type Server, type Socket as NodeSocket } from 'node:net';
import { clock } from './clock.js';
import { SocketError, type Endpoint, type Network, type Socket, type SocketEvents } from './network.js';

/** node's timers count whole milliseconds and are late by up to two: what is left is waited for by turning. */
const TIMER_LATE_MS = 2;

/** Sockets on node:net: for machines without the system calls of `EpollNetwork`. */
export class NodeNetwork implements Network {
  readonly kind = 'node';
  opened = 0;
  readonly #sockets = new Set<NodeSocket>();
  readonly #servers: Server[] = [];
  #wake: () => void = () => undefined;

  connect(to: Endpoint, events: SocketEvents): Socket {
    this.opened += 1;
    return this.#adopt(connect({ ...to, noDelay: true, allowHalfOpen: true }), () => events);
  }

  async listen(at: Endpoint, accept: (socket: Socket) => SocketEvents): Promise<number> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      this.#adopt(socket, accept);
    });
    this.#servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        reject(asSocketError(error));
      });
      server.listen(at.port, at.host, resolve);
    });
    return (server.address() as AddressInfo).port;
  }

  async wait(untilNs: number, atMostMs: number): Promise<void> {
    const sleepMs = Math.min(atMostMs, (untilNs - clock()) / 1e6 - TIMER_LATE_MS);
    let timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = sleepMs >= 1 ? setTimeout(resolve, sleepMs) : setImmediate(resolve);
    });
    if (sleepMs >= 1) clearTimeout(timer as NodeJS.Timeout);
  }

  close(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #adopt(socket: NodeSocket, eventsOf: (socket: Socket) => SocketEvents): Socket {
    this.#sockets.add(socket);
    let isClosed = false;
    let isBehind = false;
    // node's own 'drain' comes only where more was unsent than its high-water mark.
    const onWritten = (): void => {
      if (!isBehind || socket.writableLength > 0) return;
      isBehind = false;
      tell(() => {
        events.onDrain?.();
      });
    };
    const adopted: Socket = {
      send: (bytes) => {
        if (isClosed) return;
        socket.write(bytes, onWritten);
        isBehind ||= socket.writableLength > 0;
      },
      get unsentBytes() {
        return socket.writableLength;
      },
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      end: () => socket.end(),
      reset: () => {
        isClosed = true;
        socket.resetAndDestroy();
      },
      close: () => {
        isClosed = true;
        socket.destroy();
      },
    };
    const events = eventsOf(adopted);
    const tell = (what: () => void): void => {
      if (!isClosed) what();
      this.#wake();
    };
    socket.on('data', (bytes) => {
      tell(() => {
        events.onBytes(bytes);
      });
    });
    socket.on('end', () => {
      tell(() => {
        events.onEnd();
      });
    });
    socket.on('error', (error) => {
      tell(() => {
        isClosed = true;
        events.onError(asSocketError(error));
      });
    });
    socket.on('close', () => this.#sockets.delete(socket));
    return adopted;
  }
}

function asSocketError(error: NodeJS.ErrnoException): SocketError {
  return new SocketError(Math.abs(error.errno ?? 0), error.message);
}
