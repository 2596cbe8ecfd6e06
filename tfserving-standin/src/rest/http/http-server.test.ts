import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { DEFAULT_LIMITS, RequestMemory, type RequestLimits } from '../../request-memory.js';
import type { Answer } from './answer.js';
import type { Handler, HttpRequest } from './connection.js';
import { startHttpServer, type HttpServer } from './http-server.js';

/** Answers with what it understood, as JSON; `/wait…` only when told. */
const echo: Handler = ({ head, body }) => ({
  status: 200,
  headers: 'Content-Type: application/json\r\n',
  body: Buffer.from(JSON.stringify([head.method, head.target, body.toString()])),
});

/** The answer of `echo`, given when the function put on the list is called. */
function later(request: HttpRequest, released: (() => void)[]): Promise<Answer> {
  return new Promise((resolve) => {
    released.push(() => {
      resolve(echo(request));
    });
  });
}

function start(handler: Handler, memory = new RequestMemory(), port = 0): Promise<HttpServer> {
  return startHttpServer({ port, host: '127.0.0.1', handler, memory });
}

async function withServer(
  handler: Handler,
  test: (server: HttpServer) => Promise<void>,
  memory?: RequestMemory,
): Promise<void> {
  const server = await start(handler, memory);
  try {
    await test(server);
  } finally {
    await server.close();
  }
}

async function open(server: HttpServer): Promise<Socket> {
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
}

/** Sends the pieces one after another and returns all that comes back until the server closes, without Date's value. */
async function exchange(server: HttpServer, ...pieces: readonly string[]): Promise<string> {
  const socket = await open(server);
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => (received += text));
  for (const piece of pieces) await new Promise((resolve) => socket.write(piece, 'latin1', resolve));
  socket.end();
  await once(socket, 'close');
  return received.replaceAll(/Date: [^\r]+/g, 'Date: *');
}

function answer(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: *\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** The same as the last answer of its connection. */
function lastAnswer(body: string): string {
  return answer(body).replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
}

function page(status: string, phrase: string): string {
  const body = `<HTML><HEAD>\n<TITLE>${status}</TITLE>\n</HEAD><BODY>\n<H1>${phrase}</H1>\n</BODY></HTML>\n`;
  return `HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nConnection: close\r\nDate: *\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

describe('the HTTP server', () => {
  it('answers several requests on one connection, in their order, however the bytes arrive', async () => {
    await withServer(echo, async (server) => {
      const first = 'POST /v1/a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc';
      const second = 'GET /v1/b?c#d HTTP/1.1\r\nHost: x\r\n\r\n';
      const wanted = answer('["POST","/v1/a","abc"]') + answer('["GET","/v1/b?c#d",""]');
      assert.equal(await exchange(server, first + second), wanted);
      assert.equal(await exchange(server, ...(first + second).split('')), wanted);
      assert.equal(await exchange(server, second + second + second), answer('["GET","/v1/b?c#d",""]').repeat(3));
    });
  });

  it('keeps that order when the first answer takes longer', async () => {
    const released: (() => void)[] = [];
    const slowFirst: Handler = (request) => (request.head.path === '/slow' ? later(request, released) : echo(request));
    await withServer(slowFirst, async (server) => {
      const received = exchange(server, 'GET /slow HTTP/1.1\r\n\r\nGET /fast HTTP/1.1\r\n\r\n');
      while (released.length === 0) await new Promise(setImmediate);
      released[0]?.();
      assert.equal(await received, answer('["GET","/slow",""]') + answer('["GET","/fast",""]'));
    });
  });

  it('reads chunked bodies, with trailers, in pieces', async () => {
    await withServer(echo, async (server) => {
      const request =
        'POST /x HTTP/1.1\r\nTransfer-Encoding: Chunked\r\nContent-Length: 1\r\n\r\n2\r\nab\r\n1 ;name=value\r\nc\r\n0\r\nTrailer: t\r\n\r\n';
      const wanted = answer('["POST","/x","abc"]');
      assert.equal(await exchange(server, request), wanted);
      assert.equal(await exchange(server, ...request.split('')), wanted);
    });
  });

  it('takes lines that end with LF alone, folded headers and absolute URIs', async () => {
    await withServer(echo, async (server) => {
      assert.equal(await exchange(server, 'POST /x HTTP/1.1\nContent-Length:\n 2\n\nab'), answer('["POST","/x","ab"]'));
      assert.equal(await exchange(server, 'GET http://host:1/v1/m?q HTTP/1.1\r\n\r\n'), answer('["GET","/v1/m?q",""]'));
    });
  });

  it('asks for a body that is waited with, and only then', async () => {
    await withServer(echo, async (server) => {
      const head = 'POST /x HTTP/1.2\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n';
      assert.equal(await exchange(server, `${head}ab`), answer('["POST","/x","ab"]').replace('HTTP/1.1', 'HTTP/1.2'));
      const socket = await open(server);
      let received = '';
      socket.setEncoding('latin1').on('data', (text: string) => (received += text));
      socket.write(head);
      await once(socket, 'data');
      assert.equal(received, 'HTTP/1.2 100 Continue\r\n\r\n');
      socket.end('ab');
      await once(socket, 'close');
      assert.match(received, /\["POST","\/x","ab"\]$/);
      const refused = await exchange(server, 'POST /x HTTP/1.1\r\nExpect: tea\r\nContent-Length: 2\r\n\r\n');
      assert.equal(refused, page('417 Expectation Failed', 'Expectation Failed'));
    });
  });

  it('closes when asked to, and behind HTTP/1.0', async () => {
    await withServer(echo, async (server) => {
      const body = '["GET","/x",""]';
      const twice = (request: string): Promise<string> => exchange(server, request + request);
      assert.equal(
        await twice('GET /x HTTP/1.1\r\nConnection: close\r\n\r\n'),
        answer(body).replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
      );
      assert.equal(
        await twice('GET /x HTTP/1.0\r\n\r\n'),
        `HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n${body}`,
      );
      const kept = `HTTP/1.0 200 OK\r\nContent-Type: application/json\r\nConnection: keep-alive\r\nContent-Length: 15\r\n\r\n${body}`;
      assert.equal(await twice('GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n'), kept + kept);
    });
  });

  it('sends the body of a HEAD answer without its length, and closes', async () => {
    await withServer(echo, async (server) => {
      assert.equal(
        await exchange(server, 'HEAD /x HTTP/1.1\r\n\r\nHEAD /y HTTP/1.1\r\n\r\n'),
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: *\r\n\r\n["HEAD","/x",""]',
      );
    });
  });

  it('answers malformed requests with a page', async () => {
    await withServer(echo, async (server) => {
      const malformed = [
        'GARBAGE\r\n\r\n',
        'GARBAGE\r\n',
        '\r\n\r\n',
        'GET /a b HTTP/1.1\r\n\r\n',
        'GET /a|b HTTP/1.1\r\n\r\n',
        'GET /%zz HTTP/1.1\r\n\r\n',
        'GET /a HTTP/2.0\r\n\r\n',
        'GET /a HTTP/1.1x\r\n\r\n',
        'GET http://h:99999/a HTTP/1.1\r\n\r\n',
        'GET http://[::g]/a HTTP/1.1\r\n\r\n',
        'GET a_b:c HTTP/1.1\r\n\r\n',
        'GET /a HTTP/1.1\r\nX: a\rb\r\n\r\n',
        'GET /a\r\n\r\n',
        'GET /a HTTP/1.1\r\nno colon\r\n\r\n',
        'GET /a HTTP/1.1\r\n folded\r\n\r\n',
        'POST /a HTTP/1.1\r\nContent-Length: abc\r\n\r\n',
        'POST /a HTTP/1.1\r\nContent-Length: -1\r\n\r\n',
        `GET /a HTTP/1.1\r\nX: ${'x'.repeat(300_000)}`,
      ];
      for (const request of malformed)
        assert.equal(await exchange(server, request), page('400 Bad Request', 'Bad Request'), request.slice(0, 80));
      for (const method of ['TRACE', 'BREW', 'get'])
        assert.equal(
          await exchange(server, `${method} /a HTTP/1.1\r\n\r\n`),
          page('501 Not Implemented', 'Not Implemented'),
        );
    });
  });

  it('refuses chunks and trailers that are none with a page of their own', async () => {
    await withServer(echo, async (server) => {
      for (const body of ['xyz\r\n', '1;name=value\r\na\r\n0\r\n\r\n', '-1\r\n', '0\r\nno trailer\r\n\r\n'])
        assert.equal(
          await exchange(server, `POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${body}`),
          page('413 Request Entity Too Large', 'Request Entity Too Large'),
          body,
        );
    });
  });

  it('frames pages as the request asks, as far as it was read', async () => {
    await withServer(echo, async (server) => {
      const closing = (status: string, phrase: string): string =>
        page(status, phrase).replace('Connection: close\r\n', '').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
      const bad = closing('400 Bad Request', 'Bad Request');
      assert.equal(await exchange(server, 'GET /a|b HTTP/1.1\r\nConnection: close\r\n\r\n'), bad);
      assert.equal(await exchange(server, 'GET /a HTTP/1.1\r\nConnection: close\r\nno colon\r\n\r\n'), bad);
      assert.equal(
        await exchange(server, 'GET /a HTTP/1.1\r\nno colon\r\nConnection: close\r\n\r\n'),
        page('400 Bad Request', 'Bad Request'),
      );
      assert.equal(
        await exchange(server, 'CONNECT /a HTTP/1.1\r\n\r\n'),
        page('501 Not Implemented', 'Not Implemented').replace(/Content-Length: \d+\r\n/, ''),
      );
    });
  });

  it('knows the method before it judges the URI, and no body of methods that have none', async () => {
    await withServer(echo, async (server) => {
      const unknown = page('501 Not Implemented', 'Not Implemented');
      assert.equal(await exchange(server, 'TRACE /a|b HTTP/1.1\r\n\r\n'), unknown);
      assert.equal(await exchange(server, 'BREW /a HTTP/1.1\r\nContent-Length: abc\r\n\r\n'), unknown);
      assert.equal(await exchange(server, 'BREW /a HTTP/1.1\r\nExpect: tea\r\nContent-Length: 9\r\n\r\n'), unknown);
      assert.match(await exchange(server, 'HEAD /x HTTP/1.1\r\nContent-Length: 9\r\n\r\n'), /\["HEAD","\/x",""\]$/);
    });
  });

  it('takes other versions of HTTP/1 and HTTP/0, white space behind them, and proxy requests', async () => {
    await withServer(echo, async (server) => {
      const body = '["GET","/x",""]';
      assert.equal(
        await exchange(server, 'GET /x HTTP/0.9\r\n\r\n'),
        `HTTP/0.9 200 OK\r\nContent-Type: application/json\r\n\r\n${body}`,
      );
      assert.equal(
        await exchange(server, 'GET /x HTTP/1.10 \r\n\r\n'),
        answer(body).replace('HTTP/1.1 ', 'HTTP/1.10 '),
      );
      const absolute = 'GET http://user@[::1]:80/x HTTP/1.1\r\n\r\n';
      assert.equal(await exchange(server, absolute + absolute), answer(body));
      assert.equal(await exchange(server, 'GET http:/x HTTP/1.1\r\n\r\n'), answer(body));
    });
  });

  it('drops a request that ends before its body, and goes on with others', async () => {
    await withServer(echo, async (server) => {
      assert.equal(await exchange(server, 'POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nab'), '');
      assert.equal(await exchange(server, 'GET /x HTTP/1.1\r\n\r\n'), answer('["GET","/x",""]'));
    });
  });

  it('sends large answers whole to a client that reads late', async () => {
    const large = Buffer.alloc(8 * 1024 * 1024, 'x');
    await withServer(
      () => ({ status: 200, headers: 'Content-Type: text/plain\r\n', body: large }),
      async (server) => {
        const socket = await open(server);
        socket.end('GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n');
        await once(socket, 'readable');
        let received = 0;
        socket.on('data', (bytes) => (received += bytes.length));
        await once(socket, 'close');
        assert.ok(received > 2 * large.length);
      },
    );
  });

  it('finishes what is under way when it closes, and takes nothing new', async () => {
    const released: (() => void)[] = [];
    const server = await start((request) => later(request, released));
    const idle = await open(server);
    const busy = exchange(server, 'GET /x HTTP/1.1\r\n\r\n');
    while (released.length === 0) await new Promise(setImmediate);
    const closed = server.close();
    await assert.rejects(open(server), { code: 'ECONNREFUSED' });
    await once(idle.resume(), 'end');
    idle.end();
    released[0]?.();
    assert.equal(await busy, lastAnswer('["GET","/x",""]'));
    await closed;
  });

  it('answers a last request of a connection that was idle when it began to close, and says that it is the last', async () => {
    const server = await start(echo);
    const socket = await open(server);
    socket.write('GET /first HTTP/1.1\r\n\r\n');
    await once(socket, 'data');
    const closed = server.close();
    socket.write('GET /x HTTP/1.1\r\n\r\n');
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    assert.equal(bytes.toString().replace(/Date: [^\r]+/, 'Date: *'), lastAnswer('["GET","/x",""]'));
    socket.end();
    await closed;
  });

  /** A server with limits of its own, and what it holds. */
  async function limited(
    limits: Partial<RequestLimits>,
    test: (server: HttpServer, memory: RequestMemory) => Promise<void>,
  ): Promise<void> {
    const memory = new RequestMemory({ ...DEFAULT_LIMITS, ...limits });
    await withServer(echo, (server) => test(server, memory), memory);
    assert.equal(memory.bytes, 0);
  }

  it('ends heads and bodies that never come, with the reason', async () => {
    await limited({ timeoutMs: 20 }, async (server) => {
      for (const part of ['POST /x HTTP/1.1\r\n', 'POST /x HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc']) {
        const socket = await open(server);
        socket.write(part);
        const [bytes] = (await once(socket, 'data')) as [Buffer];
        assert.match(bytes.toString(), /^HTTP\/1\.1 408 Request Timeout\r\n[^]*the request did not come within/);
        await once(socket.resume(), 'end');
        socket.end();
      }
    });
  });

  it('refuses a body that is too large before it comes, announced or in chunks', async () => {
    await limited({ requestBytes: 1000 }, async (server) => {
      const post = 'POST /x HTTP/1.1\r\n';
      for (const request of ['Content-Length: 1001\r\n\r\n', 'Transfer-Encoding: chunked\r\n\r\n3e9\r\n'])
        assert.match(await exchange(server, post + request), /^HTTP\/1\.1 413 [^]*the body has more than 1000 bytes/);
      const body = 'x'.repeat(1000);
      assert.match(await exchange(server, `${post}Content-Length: 1000\r\n\r\n${body}`), /^HTTP\/1\.1 200 /);
    });
  });

  it('gives the largest body on its way up when there is no room, and serves small requests meanwhile', async () => {
    await limited({ totalBytes: 100_000 }, async (server, memory) => {
      const large = await open(server);
      large.write(`POST /x HTTP/1.1\r\nContent-Length: 90000\r\n\r\n${'x'.repeat(80_000)}`);
      const refused = once(large, 'data') as Promise<[Buffer]>;
      while (memory.bytes < 80_000) await new Promise(setImmediate);
      const body = 'y'.repeat(30_000);
      const sent = await open(server);
      sent.write(
        `POST /y HTTP/1.1\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 20_000)}`,
      );
      assert.match((await refused).toString(), /^HTTP\/1\.1 429 [^]*hold more than 100000 bytes together/);
      sent.write(body.slice(20_000));
      assert.match(String((await once(sent, 'data'))[0]), /^HTTP\/1\.1 200 /);
      large.end();
      sent.end();
    });
  });

  it('puts a body of tiny pieces together', async () => {
    await withServer(echo, async (server) => {
      const chunks = '1\r\nx\r\n'.repeat(20_000);
      assert.match(
        await exchange(server, `POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`),
        /x{20000}/,
      );
    });
  });

  it('refuses a port that is taken', async () => {
    await withServer(echo, async (server) => {
      await assert.rejects(start(echo, undefined, server.port), { code: 'EADDRINUSE' });
    });
  });
});
