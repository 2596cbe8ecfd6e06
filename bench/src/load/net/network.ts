import { getSystemErrorName } from 'node:util';

/** A numeric address (IPv4 or IPv6, without brackets) and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What a socket reports. Nothing is reported from inside a call of the socket's own methods. */
export interface SocketEvents {
  /** Bytes have come. Their memory is used again after the call. */
  onBytes(bytes: Buffer): void;
  /** The peer has ended its side; all that it sent has been passed on. The socket stays open for sending until it is closed. */
  onEnd(): void;
  /** The connection could not be made or is lost; the socket is closed. */
  onError(error: SocketError): void;
  /** `unsentBytes` has become 0 again. */
  onDrain?(): void;
}

/** A TCP connection with TCP_NODELAY. Methods of a closed socket do nothing. */
export interface Socket {
  /** Sends at once what the kernel takes, the rest when it can: `bytes` must not change before `unsentBytes` is 0. */
  send(bytes: Buffer): void;
  /** Handed to `send` and not yet to the kernel, as before the connection is made. */
  readonly unsentBytes: number;
  /** Reads no more until `resume`, so that the peer has to wait. */
  pause(): void;
  resume(): void;
  /** Ends our side once everything is sent. */
  end(): void;
  /** Closes with a reset. */
  reset(): void;
  close(): void;
}

/** TCP sockets and one timer on one thread, driven by calls of `wait`. */
export interface Network {
  /** Calls of `connect` so far. */
  readonly opened: number;
  /** A server's failures are reported later. @throws SocketError when this process can have no more sockets. */
  connect(to: Endpoint, events: SocketEvents): Socket;
  /** Accepts connections: `accept` makes the events of each. Returns the port. @throws SocketError */
  listen(at: Endpoint, accept: (socket: Socket) => SocketEvents): number;
  /**
   * Waits until something has happened and tells the sockets' events, or until `untilNs` (of `clock`), or for `atMostMs`;
   * the last may be a millisecond late. May return without need. The thread sleeps meanwhile.
   */
  wait(untilNs: number, atMostMs: number): void;
  /** Closes all sockets. */
  close(): void;
}

/** A failed system call on a socket. */
export class SocketError extends Error {
  /** errno: a positive number. */
  readonly errno: number;

  constructor(errno: number, message: string) {
    super(message);
    this.name = 'SocketError';
    this.errno = errno;
  }

  /** `connect ECONNREFUSED 127.0.0.1:8501` */
  static of(call: string, errno: number, where = ''): SocketError {
    return new SocketError(errno, `${call} ${getSystemErrorName(-errno)} ${where}`.trimEnd());
  }
}
