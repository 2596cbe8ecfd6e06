import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { CODE, ClientConnection, ConnectionLost, frameMessage, GRPC, UnaryCall } from '@serving-study/http2';
import type { CallEnd, OutgoingField, StreamEnd } from '@serving-study/http2';
import type { ProxyConfig } from '../../config.js';
import type { CancelSignal } from '../../cancel-signal.js';
import { FULL, KEEPALIVE_MS } from '../../replicas/grpc-connection.js';
import { LOST, Unanswered, type ReplicaAddress } from '../../replicas/replicas.js';
import { CallRefused } from '../../upstream.js';

const HEADERS_LIMIT_BYTES = 64 * 1024;
/** One lost SYN (1 s until it is sent again), and some time. */
const CONNECT_LIMIT_MS = 3000;
/** A message's prefix. */
const PREFIX_BYTES = 5;
const TOO_LONG = {
  code: GRPC.resourceExhausted,
  message: 'The answer is larger than the proxy takes (STUDY_ANSWER_LIMIT_BYTES)',
};

/** A connection to a gRPC port with unary calls on it. What the calls of one turn of the event loop say leaves in one write. */
export class Http2Connection {
  readonly #config: ProxyConfig;
  readonly #authority: string;
  readonly #http2: ClientConnection;
  readonly #headers = new Map<string, readonly OutgoingField[]>();
  /** When the server was heard of last, or was first expected to be. */
  #heardAtMs = 0;
  #isAsked = false;
  #flushIsDue = false;

  /** Rejects with the system's error when there is no connection within CONNECT_LIMIT_MS. */
  static async open({ ip, port, authority }: ReplicaAddress, config: ProxyConfig): Promise<Http2Connection> {
    const socket = connect({ host: ip, port, noDelay: true, keepAlive: true });
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_LIMIT_MS) }).catch((error: unknown) => {
      socket.destroy();
      throw error;
    });
    return new Http2Connection(socket, authority, config);
  }

  private constructor(socket: Socket, authority: string, config: ProxyConfig) {
    this.#authority = authority;
    this.#config = config;
    const isSent = (): void => {
      this.#http2.drained();
    };
    const keepalive = setInterval(() => {
      this.#checkLife();
    }, KEEPALIVE_MS / 2).unref();
    this.#http2 = new ClientConnection({
      socket: {
        send: (bytes) => socket.write(bytes, isSent),
        get unsentBytes() {
          return socket.writableLength;
        },
      },
      headersLimitBytes: HEADERS_LIMIT_BYTES,
      onOutput: () => {
        this.#flushSoon();
      },
      onClose: () => {
        clearInterval(keepalive);
        socket.destroy();
      },
    });
    socket.on('data', (bytes: Buffer) => {
      this.#heardAtMs = performance.now();
      this.#isAsked = false;
      this.#http2.receive(bytes);
    });
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => {
      this.close();
    });
  }

  /** False once the server has said goodbye or the connection is over: calls need another one. */
  get takesCalls(): boolean {
    return this.#http2.takesStreams;
  }

  /** An aborted signal ends the call. Throws Unanswered or CallRefused. */
  call(path: string, request: Uint8Array, signal: CancelSignal): Promise<Uint8Array> {
    if (!this.takesCalls) return Promise.reject(new Unanswered(LOST, true));
    // as a server that is full says it: the call waits for its turn
    if (!this.#http2.hasRoom) return Promise.reject(new CallRefused(GRPC.resourceExhausted, FULL));
    if (this.#http2.openStreams === 0) this.#heardAtMs = performance.now();
    return new Promise((resolve, reject) => {
      const cancel = (reason: Error): void => {
        this.#http2.cancel(call);
        reject(reason);
      };
      const call = new PromisedCall(request, this.#config.STUDY_ANSWER_LIMIT_BYTES, (end) => {
        signal.offAbort(cancel);
        if (end.kind === 'message') resolve(end.message);
        else if (end.kind === 'status') reject(new CallRefused(end.status.code, end.status.message));
        else reject(end.error instanceof ConnectionLost ? new Unanswered(LOST, true) : end.error);
      });
      signal.onAbort(cancel);
      this.#http2.open(call, this.#headersFor(path));
    });
  }

  /** Ends all calls. */
  close(): void {
    this.#http2.close(new ConnectionLost('closed'));
  }

  /** The same array for the same path: it is encoded to a few bytes then. */
  #headersFor(path: string): readonly OutgoingField[] {
    const known = this.#headers.get(path);
    if (known !== undefined) return known;
    const fields = [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', path],
      [':authority', this.#authority],
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
      // the deadline of a call that did not wait; ours ends the others
      ['grpc-timeout', `${this.#config.STUDY_DEADLINE_MS}m`],
    ] as const;
    const headers = fields.map(([name, value]) => ({ name, value, recurs: true }));
    this.#headers.set(path, headers);
    return headers;
  }

  /** A server that was silent under a call is asked once for a sign of life; then it counts as gone. */
  #checkLife(): void {
    const silentMs = performance.now() - this.#heardAtMs;
    if (this.#http2.openStreams === 0 || silentMs < KEEPALIVE_MS) return;
    if (this.#isAsked) this.close();
    else this.#http2.ping();
    this.#isAsked = true;
  }

  /** When all that came in this turn of the event loop has been read. */
  #flushSoon(): void {
    if (this.#flushIsDue) return;
    this.#flushIsDue = true;
    setImmediate(() => {
      this.#flushIsDue = false;
      this.#http2.flush();
    });
  }
}

class PromisedCall extends UnaryCall {
  readonly onResult: (end: CallEnd) => void;

  constructor(request: Uint8Array, answerLimitBytes: number, onResult: (end: CallEnd) => void) {
    super(frameMessage(request), answerLimitBytes + PREFIX_BYTES);
    this.onResult = onResult;
  }

  override onEnd(end: StreamEnd): void {
    if (end.kind === 'refused') this.onResult({ kind: 'status', status: TOO_LONG });
    else if (end.kind === 'reset' && end.code === CODE.refusedStream)
      this.onResult({ kind: 'lost', error: new ConnectionLost('the server took no stream') });
    else super.onEnd(end);
  }
}
