import {
  ClientConnection,
  ConnectionLost,
  UnaryCall,
  type CallEnd,
  type Field,
  type OutgoingField,
} from '@serving-study/http2';
import { clock, type Socket, type SocketError, type SocketEvents } from '../../net/index.js';
import { LONGEST_ANSWER_BYTES, type Carrier, type Exchange } from '../driver.js';

const HEADERS_LIMIT_BYTES = 256 * 1024;

export interface ConnectionOptions {
  readonly open: (events: SocketEvents) => Socket;
  /** Headers of every call. */
  readonly headers: readonly OutgoingField[];
  /** A call has ended; its stream is free already, and `exchange.doneAtNs` set. */
  readonly onEnd: (exchange: Exchange, end: CallEnd) => void;
}

/** An HTTP/2 connection with unary gRPC calls on it. What calls and answers of one turn have to say leaves in one `send`. */
export class GrpcConnection implements SocketEvents {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #http2: ClientConnection;
  /** When the bytes being read came. */
  receivedAtNs = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#socket = options.open(this);
    this.#http2 = new ClientConnection({
      socket: this.#socket,
      headersLimitBytes: HEADERS_LIMIT_BYTES,
      onOutput: () => {
        this.#http2.flush();
      },
      onClose: (error) => {
        this.#socket.close();
        if (!(error instanceof ConnectionLost)) throw error; // a fault of this program
      },
    });
  }

  /** False once the server has said goodbye or the connection is lost: new calls need another one. */
  get takesCalls(): boolean {
    return this.#http2.takesStreams;
  }

  get hasRoom(): boolean {
    return this.#http2.hasRoom;
  }

  /** `message`: length-prefixed. */
  send(exchange: Exchange, message: Buffer): void {
    const call = new Call(exchange, message, this);
    exchange.carrier = call;
    if (Number.isNaN(exchange.sentAtNs)) exchange.sentAtNs = clock();
    this.#http2.open(call, this.#options.headers);
  }

  abandon(call: Call): void {
    this.#http2.cancel(call);
  }

  ended({ exchange }: Call, end: CallEnd): void {
    exchange.carrier = undefined;
    exchange.doneAtNs = this.receivedAtNs;
    this.#options.onEnd(exchange, end);
  }

  onBytes(bytes: Buffer): void {
    this.receivedAtNs = clock();
    this.#http2.receive(bytes);
  }

  onEnd(): void {
    this.#lose(new ConnectionLost('the connection was closed before the answer was whole'));
  }

  onError({ errno, message }: SocketError): void {
    this.#lose(new ConnectionLost(message, errno));
  }

  onDrain(): void {
    this.#http2.drained();
  }

  #lose(error: ConnectionLost): void {
    this.receivedAtNs = clock();
    this.#http2.close(error);
  }
}

/** A call and the exchange that it carries. */
class Call extends UnaryCall implements Carrier {
  readonly exchange: Exchange;
  readonly #connection: GrpcConnection;

  /** `message`: length-prefixed. */
  constructor(exchange: Exchange, message: Buffer, connection: GrpcConnection) {
    super(message, LONGEST_ANSWER_BYTES);
    this.exchange = exchange;
    this.#connection = connection;
  }

  abandon(): void {
    this.#connection.abandon(this);
  }

  override onHeaders(fields: readonly Field[]): void {
    if (Number.isNaN(this.exchange.firstByteAtNs)) this.exchange.firstByteAtNs = this.#connection.receivedAtNs;
    super.onHeaders(fields);
  }

  onResult(end: CallEnd): void {
    this.#connection.ended(this, end);
  }
}
