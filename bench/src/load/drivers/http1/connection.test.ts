import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { createConnection, type Connection } from './connection.js';
import { encodeRequest } from './encode-request.js';

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Runs `use` against a server that does as told with each request; sockets are in the order of their connecting. */
async function against(
  answer: (socket: Socket, request: number) => void,
  use: (connection: Connection, sockets: readonly Socket[]) => Promise<void>,
): Promise<void> {
  const sockets: Socket[] = [];
  let requests = 0;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', () => {
      answer(socket, requests++);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = createConnection('127.0.0.1', (server.address() as AddressInfo).port);
  try {
    await use(connection, sockets);
  } finally {
    connection.abandon();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

function ask(connection: Connection): Promise<string> {
  return new Promise((resolve) => {
    const seen: string[] = [];
    connection.send(REQUEST, {
      onSend: () => seen.push('sent'),
      onFirstByte: () => seen.push('first byte'),
      onResponse: ({ body }) => {
        resolve([...seen, body.toString()].join(', '));
      },
      onFailure: ({ message }) => {
        resolve([...seen, message].join(', '));
      },
    });
  });
}

describe('connection', () => {
  it('carries one request after another', async () => {
    await against(
      (socket) => socket.write(OK),
      async (connection, sockets) => {
        for (let i = 0; i < 3; i++) assert.equal(await ask(connection), 'sent, first byte, ok');
        assert.equal(sockets.length, 1);
      },
    );
  });

  it('opens anew after the server has closed, announced or not', async () => {
    await against(
      (socket, request) => {
        if (request === 0) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
        else socket.end(OK);
      },
      async (connection, sockets) => {
        assert.equal(await ask(connection), 'sent, first byte, ok');
        assert.equal(await ask(connection), 'sent, first byte, ok');
        const second = sockets[1];
        // The server sees the client's end once the client has heard of the server's.
        if (second !== undefined && !second.destroyed) await once(second, 'close');
        assert.equal(await ask(connection), 'sent, first byte, ok');
        assert.equal(sockets.length, 3);
      },
    );
  });

  it('takes an answer that only the end of the connection delimits', async () => {
    await against(
      (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it'),
      async (connection) => {
        assert.equal(await ask(connection), 'sent, first byte, all of it');
        assert.equal(await ask(connection), 'sent, first byte, all of it');
      },
    );
  });

  it('fails when the answer breaks off, is none, or the connection is reset', async () => {
    await against(
      (socket, request) => {
        if (request === 0) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok');
        if (request === 1) socket.write('what?\r\n\r\n');
        if (request === 2) socket.resetAndDestroy();
        if (request === 3) socket.write(OK);
      },
      async (connection) => {
        assert.match(await ask(connection), /closed before the answer was whole/);
        assert.match(await ask(connection), /no HTTP\/1.1 response begins with "what\?"/);
        assert.match(await ask(connection), /^sent, read ECONNRESET/);
        assert.equal(await ask(connection), 'sent, first byte, ok');
      },
    );
  });

  it('hears nothing more of a request that it abandoned', async () => {
    await against(
      (socket) => socket.write(OK),
      async (connection) => {
        let heard = 0;
        const hear = (): void => {
          heard++;
        };
        connection.send(REQUEST, { onSend: () => undefined, onFirstByte: hear, onResponse: hear, onFailure: hear });
        connection.abandon();
        // The next request opens another connection; when it is answered, an event of the first would have come as well.
        assert.match(await ask(connection), /ok$/);
        assert.equal(heard, 0);
      },
    );
  });
});

describe('encodeRequest', () => {
  it('writes head and body in one piece', () => {
    const target = {
      kind: 'rest',
      origin: 'http://127.0.0.1:8501',
      path: '/p',
      headers: { 'x-study-upstream': 'grpc' },
    } as const;
    assert.equal(
      encodeRequest(target, Buffer.from('{}')).toString(),
      'POST /p HTTP/1.1\r\nhost: 127.0.0.1:8501\r\nconnection: keep-alive\r\ncontent-type: application/json\r\n' +
        'content-length: 2\r\nx-study-upstream: grpc\r\n\r\n{}',
    );
  });

  it('refuses a header that would break out of its line', () => {
    const target = { kind: 'rest', origin: 'http://h', path: '/p', headers: { a: 'b\r\nc: d' } } as const;
    assert.throws(() => encodeRequest(target, Buffer.from('')), /line break/);
  });
});
