import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net';
import { answerUnreadable } from '../http/answer-unreadable.js';
import { LOOK_EVERY_MS, httpServerOptions, type HttpLimits } from '../http/limits.js';

/** Where to listen (port 0: any free port), and the limits that Node itself keeps. */
export interface ListenConfig extends HttpLimits {
  readonly STUDY_HOST: string;
  readonly STUDY_PORT: number;
}

/** A server that listens. Only `listen` makes one. */
export class RunningServer {
  readonly url: string;
  readonly #server: Server;
  #draining: Promise<void> | undefined;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** Rejects when the port is taken. */
  static async listen(listener: RequestListener, config: ListenConfig): Promise<RunningServer> {
    const server = createServer(httpServerOptions(config), listener);
    // a client that never reads its answer; later than the time for a request, whose end is told with 408
    server.setTimeout(2 * config.STUDY_REQUEST_TIMEOUT_MS + LOOK_EVERY_MS);
    server.on('clientError', answerUnreadable);
    server.on('request', limitPipelining());
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(config.STUDY_PORT, config.STUDY_HOST, () => {
        server.off('error', reject);
        resolve();
      });
    });
    const { address, family, port: bound } = server.address() as AddressInfo;
    return new RunningServer(server, `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`);
  }

  /**
   * Refuses new connections at once and waits for the requests in flight, at most `limitMs`; then cuts what is left.
   * Safe to call twice.
   */
  drain(limitMs: number): Promise<void> {
    this.#draining ??= this.#close(limitMs);
    return this.#draining;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(0);
  }

  #close(limitMs: number): Promise<void> {
    const server = this.#server;
    const startedAtMs = performance.now();
    return new Promise((resolve) => {
      // a kept-alive connection has to be told that its current answer is the last
      server.prependListener('request', (_request, response: ServerResponse) =>
        response.setHeader('connection', 'close'),
      );
      // not http's own close(): it ends idle connections at once, some of them under a request that is on its way
      NetServer.prototype.close.call(server, () => {
        clearInterval(sweep);
        resolve();
      });
      const sweep = setInterval(() => {
        const pastMs = performance.now() - startedAtMs;
        if (pastMs >= limitMs) server.closeAllConnections();
        else if (pastMs >= IDLE_GRACE_MS) server.closeIdleConnections();
      }, SWEEP_MS);
    });
  }
}

/** Requests of one connection that may wait for their answers. */
const MOST_PIPELINED = 100;

/**
 * Ends a connection that sends on and on without waiting: Node takes all that come, and others would wait behind them. When a
 * connection closes, Node tells it to the response whose turn it is; here the others hear of it.
 */
function limitPipelining(): RequestListener {
  const waiting = new WeakMap<Socket, Set<ServerResponse>>();
  return ({ socket }, response) => {
    const responses = waiting.get(socket) ?? new Set();
    if (!waiting.has(socket))
      socket.once('close', () => {
        for (const each of responses) if (each.socket === null) each.emit('close');
      });
    waiting.set(socket, responses.add(response));
    response.once('close', () => responses.delete(response));
    if (responses.size > MOST_PIPELINED) socket.destroy();
  };
}

/** How long an idle connection may still bring a last request. */
const IDLE_GRACE_MS = 300;
const SWEEP_MS = 20;
