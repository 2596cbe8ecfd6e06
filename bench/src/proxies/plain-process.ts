import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createRelay, type AddressInfo } from 'node:net';
import express from 'express';
import { Pool } from 'undici';

// The least that a proxy in Node can be, each in some twenty lines: what it costs before it does anything.
// Arguments: which one, and the origin behind it. Says its port.

const [kind = '', origin = ''] = process.argv.slice(2);
const { hostname, port } = new URL(origin);
const pool = new Pool(origin, { connections: 256, pipelining: 1 });

/** Reads the body whole, passes it on by undici's lowest level, and answers with the whole answer. */
function passOn(request: IncomingMessage, response: ServerResponse): void {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const answer: Buffer[] = [];
    let status = 502;
    const sent = { method: 'POST', path: request.url ?? '/', body: Buffer.concat(pieces) } as const;
    pool.dispatch(sent, {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, code) => {
        status = code;
      },
      onResponseData: (_controller, piece) => {
        answer.push(piece);
      },
      onResponseEnd: () => {
        const body = Buffer.concat(answer);
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
      },
      onResponseError: () => {
        response.writeHead(502).end();
      },
    });
  });
}

const servers = {
  /** Bytes relayed, one upstream connection for each client connection. */
  relay: () =>
    createRelay({ noDelay: true }, (client) => {
      const upstream = connect({ host: hostname, port: Number(port), noDelay: true });
      client.pipe(upstream).pipe(client);
      for (const socket of [client, upstream])
        socket.on('error', () => {
          client.destroy();
          upstream.destroy();
        });
    }),
  http: () => createServer({ keepAliveTimeout: 75_000 }, passOn),
  express: () => {
    const app = express().disable('x-powered-by').disable('etag').disable('query parser');
    app.all(/^\/v1\//, passOn);
    return createServer({ keepAliveTimeout: 75_000 }, app);
  },
};

if (!Object.hasOwn(servers, kind)) throw new Error(`there is no plain proxy ${JSON.stringify(kind)}`);
const server = servers[kind as keyof typeof servers]();
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
