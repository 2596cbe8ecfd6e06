import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';

/** Bytes that a server may send before it has to wait for us: above any answer here, so that it never waits. */
const WINDOW_BYTES = 256 * 1024 * 1024;
/** In MB. Node's default of 10 refuses streams while large messages are under way. */
const SESSION_MEMORY_MB = 4096;

/** One HTTP/2 connection, opened by its first call and again after it has been lost or the server has said goodbye. */
export interface Channel {
  /** A fresh stream for a call. */
  call(path: string): ClientHttp2Stream;
  destroy(): void;
}

export function createChannel(address: string): Channel {
  /** Also those that carry on with old calls after a goodbye. */
  const alive = new Set<ClientHttp2Session>();
  let session: ClientHttp2Session | undefined;

  function open(): ClientHttp2Session {
    const opening = connect(`http://${address}`, {
      maxSessionMemory: SESSION_MEMORY_MB,
      settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
    });
    const leave = (): void => {
      if (session === opening) session = undefined;
    };
    opening.on('connect', () => {
      opening.setLocalWindowSize(WINDOW_BYTES);
    });
    // The calls under way end with this error too.
    opening.on('error', leave);
    // Calls under way may still be answered; new ones need another connection.
    opening.on('goaway', leave);
    opening.on('close', () => {
      alive.delete(opening);
      leave();
    });
    alive.add(opening);
    session = opening;
    return opening;
  }

  return {
    call(path) {
      const current = session === undefined || session.closed || session.destroyed ? open() : session;
      return current.request({
        [constants.HTTP2_HEADER_METHOD]: 'POST',
        [constants.HTTP2_HEADER_PATH]: path,
        [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
        [constants.HTTP2_HEADER_TE]: 'trailers',
      });
    },
    destroy() {
      for (const each of alive) each.destroy();
    },
  };
}
