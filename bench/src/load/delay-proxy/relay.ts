import type { Random } from '../../random/index.js';
import { clock, type Endpoint, type Network, type Socket, type SocketError, type SocketEvents } from '../net/index.js';
import type { Agenda } from './agenda.js';
import type { Link } from './link.js';

export interface RelayOptions {
  readonly network: Network;
  readonly agenda: Agenda;
  readonly upstream: Endpoint;
  readonly rttMs: number;
  readonly toUpstream: Link;
  readonly fromUpstream: Link;
  /** Bytes of one connection and direction that may be on the way; beyond, the sender is held back as a full link would. */
  readonly heldBytes: number;
  /** Each connection is reset after a random time of this mean rate; 0: never. */
  readonly connectionLossPerS: number;
  readonly random: Random;
}

/** What to do with an accepted connection: pass it on to the upstream through the link. */
export function createRelay(options: RelayOptions): (client: Socket) => SocketEvents {
  const { network, agenda, connectionLossPerS, random } = options;
  return (client) => {
    // A client is connected once SYN and SYN-ACK have travelled; here the kernel says so at once, so its bytes wait.
    const openAtNs = clock() + options.rttMs * 1e6;
    const clientSide = new Side(options, options.toUpstream, openAtNs);
    const upstreamSide = new Side(options, options.fromUpstream, openAtNs);
    clientSide.join(client, upstreamSide);
    upstreamSide.join(network.connect(options.upstream, upstreamSide), clientSide);
    if (connectionLossPerS > 0) {
      const lostAtNs = clock() + (-Math.log(1 - random.unit()) / connectionLossPerS) * 1e9;
      agenda.plan(lostAtNs, () => {
        clientSide.reset();
        upstreamSide.reset();
      });
    }
    return clientSide;
  };
}

/** One of the two connections: passes what it receives to the other through the link. */
class Side implements SocketEvents {
  readonly #options: RelayOptions;
  readonly #link: Link;
  readonly #openAtNs: number;
  #socket!: Socket;
  #other!: Side;
  /** Received and still on the link. */
  #travellingBytes = 0;
  #isPaused = false;
  /** The end of this side has arrived at the other. */
  #isOver = false;

  constructor(options: RelayOptions, link: Link, openAtNs: number) {
    this.#options = options;
    this.#link = link;
    this.#openAtNs = openAtNs;
  }

  join(socket: Socket, other: Side): void {
    this.#socket = socket;
    this.#other = other;
  }

  reset(): void {
    this.#socket.reset();
  }

  onBytes(bytes: Buffer): void {
    const copy = Buffer.from(bytes);
    this.#travellingBytes += copy.length;
    this.#regulate();
    this.#arrives(copy.length, () => {
      this.#travellingBytes -= copy.length;
      this.#other.#socket.send(copy);
      this.#regulate();
    });
  }

  onDrain(): void {
    this.#other.#regulate();
    this.#closeWhenOver();
  }

  onEnd(): void {
    this.#arrives(0, () => {
      this.#isOver = true;
      this.#other.#socket.end();
      this.#closeWhenOver();
      this.#other.#closeWhenOver();
    });
  }

  /** Also for a connection that could not be made: the other side learns of it as of a reset. */
  onError(_error: SocketError): void {
    this.#arrives(0, () => {
      this.#other.reset();
    });
  }

  #arrives(bytes: number, work: () => void): void {
    const { agenda } = this.#options;
    agenda.plan(this.#link.arrivesAtNs(Math.max(clock(), this.#openAtNs), bytes), work);
  }

  /** Reads no more while too much is on the way, or waits for the other side to take it. */
  #regulate(): void {
    const heldBytes = this.#travellingBytes + this.#other.#socket.unsentBytes;
    if (!this.#isPaused && heldBytes > this.#options.heldBytes) {
      this.#isPaused = true;
      this.#socket.pause();
    } else if (this.#isPaused && heldBytes <= this.#options.heldBytes / 2) {
      this.#isPaused = false;
      this.#socket.resume();
    }
  }

  #closeWhenOver(): void {
    if (this.#isOver && this.#other.#isOver && this.#socket.unsentBytes === 0) this.#socket.close();
  }
}
