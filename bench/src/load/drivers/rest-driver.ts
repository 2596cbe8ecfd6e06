import type { Dispatcher } from 'undici';
import type { Target } from '../trial-spec.js';
import type { Driver, DriverEvents } from './driver.js';
import { createRestConnection, type RestConnection } from './rest-connection.js';
import { RestExchange } from './rest-exchange.js';

/**
 * HTTP/1.1 by undici's `dispatch`, the cheapest of its doors. One Client for each connection rather than a Pool: a free one
 * is found in constant time, waiting happens in the loop where it is seen, and connections are taken in turn, so that all
 * of a server's processes get work and none of the connections idles into the server's keep-alive timeout.
 */
export function createRestDriver(
  target: Extract<Target, { kind: 'rest' }>,
  connections: number,
  clock: () => number,
  events: DriverEvents,
): Driver {
  const all: RestConnection[] = [];
  const free: RestConnection[] = [];
  const headers = { 'content-type': 'application/json', ...target.headers };

  function open(): RestConnection {
    const connection = createRestConnection(target.origin);
    all.push(connection);
    return connection;
  }

  return {
    hasRoom: () => free.length > 0 || all.length < connections,
    send(exchange) {
      const connection = free.shift() ?? open();
      const release = (): void => {
        free.push(connection);
      };
      const options: Dispatcher.DispatchOptions = { path: target.path, method: 'POST', headers, body: exchange.body };
      connection.dispatch(options, new RestExchange(exchange, connection, clock, events, release));
    },
    close: async () => {
      await Promise.all(all.map((connection) => connection.destroy()));
    },
  };
}
