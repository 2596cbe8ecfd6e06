import { connect, type Socket } from 'node:net';
import { createResponseReader, type Http1Response, type ResponseReader } from './response-reader.js';

/** What becomes of a request. Exactly one of `onResponse` and `onFailure` is called, once, unless it is abandoned. */
export interface ConnectionEvents {
  /** About to hand the request to the kernel, or to open a connection for it: a server that closes its connections makes
   * its clients wait for that, too. */
  onSend(): void;
  onFirstByte(): void;
  onResponse(response: Http1Response): void;
  onFailure(error: Error): void;
}

/** One keep-alive connection, opened by its first request and again whenever it has been closed. One request at a time. */
export interface Connection {
  send(request: Buffer, events: ConnectionEvents): void;
  /** Gives up the request that is under way, and with it the connection: no event follows. */
  abandon(): void;
}

/** Bytes read at once; one buffer for each connection, used again and again. */
const READ_BYTES = 64 * 1024;
/** A connection that was idle for longer may have been closed by the server without our having heard of it yet. */
const TRUSTED_IDLE_MS = 1000;

export function createConnection(host: string, port: number): Connection {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  let socket: Socket | undefined;
  let reader: ResponseReader = createResponseReader();
  let underway: { readonly events: ConnectionEvents; begun: boolean } | undefined;
  let idleSinceMs = 0;

  function open(request: Buffer): void {
    underway?.events.onSend();
    reader = createResponseReader();
    const opening: Socket = connect({
      host,
      port,
      noDelay: true,
      onread: { buffer, callback: (length) => onBytes(opening, length) },
    });
    socket = opening;
    opening.once('connect', () => {
      if (socket === opening) opening.write(request);
    });
    opening.on('error', (error) => {
      if (socket !== opening) return;
      drop(opening);
      fail(error);
    });
    opening.on('end', () => {
      onEnd(opening);
    });
    opening.on('close', () => {
      onEnd(opening);
    });
  }

  function onBytes(from: Socket, length: number): boolean {
    if (from !== socket) return true;
    if (underway === undefined) {
      // Bytes that answer nothing: whatever they are, the next answer could not be told from them.
      drop(from);
      return true;
    }
    if (!underway.begun) {
      underway.begun = true;
      underway.events.onFirstByte();
    }
    let response;
    try {
      response = reader.push(buffer.subarray(0, length));
    } catch (error) {
      drop(from);
      fail(error as Error);
      return true;
    }
    if (response !== undefined) answer(from, response);
    return true;
  }

  function onEnd(of: Socket): void {
    if (of !== socket) return;
    const response = reader.end();
    drop(of);
    if (response !== undefined) answer(of, response);
    else fail(new Error('the connection was closed before the answer was whole'));
  }

  function answer(from: Socket, response: Http1Response): void {
    const finished = underway;
    underway = undefined;
    if (!response.keepAlive) drop(from);
    idleSinceMs = performance.now();
    finished?.events.onResponse(response);
  }

  function fail(error: Error): void {
    const failed = underway;
    underway = undefined;
    failed?.events.onFailure(error);
  }

  /** From here on the socket is not ours: what it still says is not heard, and the next request opens another. */
  function drop(dropped: Socket): void {
    if (socket === dropped) socket = undefined;
    dropped.destroy();
  }

  return {
    send(request, events) {
      underway = { events, begun: false };
      const current = socket;
      if (current === undefined) {
        open(request);
      } else if (performance.now() - idleSinceMs < TRUSTED_IDLE_MS) {
        events.onSend();
        current.write(request);
      } else {
        // One turn of the event loop: a close that has arrived is heard before the request goes out.
        setImmediate(() => {
          if (underway?.events !== events) return;
          if (socket === current) {
            events.onSend();
            current.write(request);
          } else {
            open(request);
          }
        });
      }
    },
    abandon() {
      underway = undefined;
      if (socket !== undefined) drop(socket);
    },
  };
}
