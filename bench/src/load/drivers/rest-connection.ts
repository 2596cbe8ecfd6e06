import { Client, type Dispatcher } from 'undici';

/** One keep-alive connection, opened by its first request and again whenever the server has closed it. */
export interface RestConnection {
  /** How often it has been opened. */
  readonly opened: number;
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  destroy(): Promise<void>;
}

export function createRestConnection(origin: string): RestConnection {
  const client = new Client(origin, {
    // Two, though a connection never has two requests on the wire (POST is not idempotent, undici holds the second back):
    // with 1 undici waits a whole event loop turn before it uses a connection again (undici, client-h1.js).
    pipelining: 2,
    // Time limits are the loop's, which counts them from the intended instant.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  let opened = 0;
  client.on('connect', () => {
    opened++;
  });
  return {
    get opened() {
      return opened;
    },
    dispatch: (options, handler) => {
      client.dispatch(options, handler);
    },
    destroy: () => client.destroy(),
  };
}
