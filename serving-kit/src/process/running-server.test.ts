import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { loadConfig } from './config.js';
import { RunningServer } from './running-server.js';
import { SERVICE_SETTINGS } from './settings.js';

const config = loadConfig(SERVICE_SETTINGS, {});

async function get(url: string, agent: Agent): Promise<IncomingMessage> {
  const outgoing = request(url, { agent }).end();
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return answer;
}

describe('RunningServer', () => {
  it('finishes the request in flight, refuses new connections, and tells the kept-alive ones', async () => {
    let answerNow: () => void = () => undefined;
    const received = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    let finish: () => void = () => undefined;
    const server = await RunningServer.listen((incoming, response) => {
      if (incoming.url === '/slow') {
        finish = () => response.end('done');
        answerNow();
      } else response.end('quick');
    }, config);
    const agent = new Agent({ keepAlive: true });
    const idle = await get(server.url, agent);
    idle.resume();
    await once(idle, 'end');
    const slow = get(`${server.url}/slow`, agent);
    await received;
    const drained = server.drain(60_000);
    await assert.rejects(get(server.url, new Agent()), { code: 'ECONNREFUSED' });
    finish();
    const answer = await slow;
    answer.setEncoding('utf8');
    const [text] = (await once(answer, 'data')) as [string];
    assert.equal(text, 'done');
    await drained;
    agent.destroy();
  });

  it('cuts what is left after the limit', async () => {
    let arrived: () => void = () => undefined;
    const received = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const server = await RunningServer.listen(() => {
      arrived();
    }, config);
    const hanging = assert.rejects(get(server.url, new Agent()), { code: 'ECONNRESET' });
    await received;
    await server.drain(50);
    await hanging;
  });

  it('closes a connection whose head, or whose body, takes too long', async () => {
    await using server = await RunningServer.listen(
      () => undefined,
      loadConfig(SERVICE_SETTINGS, { STUDY_HEAD_TIMEOUT_MS: '100', STUDY_REQUEST_TIMEOUT_MS: '200' }),
    );
    for (const part of ['GET / HTTP/1.1\r\nHost: x\r\n', 'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab']) {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1').setEncoding('utf8');
      socket.write(part);
      const [said] = (await once(socket, 'data')) as [string];
      assert.match(said, /^HTTP\/1.1 408 Request Timeout/);
      await once(socket, 'close');
    }
  });

  it('closes a connection on which nothing moves', async () => {
    const settings = loadConfig(SERVICE_SETTINGS, { STUDY_REQUEST_TIMEOUT_MS: '100' });
    await using server = await RunningServer.listen(() => undefined, settings);
    await assert.rejects(get(server.url, new Agent()), { code: 'ECONNRESET' });
  });

  it('tells each pipelined response once that the client has left', { timeout: 20_000 }, async () => {
    const closes: number[] = [];
    const told = new EventEmitter();
    await using server = await RunningServer.listen((_request, response) => {
      const nth = closes.push(0) - 1;
      if (closes.length === 3) told.emit('came');
      response.on('close', () => {
        closes[nth] = (closes[nth] ?? 0) + 1;
        if (closes.every((count) => count > 0)) told.emit('closed');
      });
    }, config);
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2));
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab');
    await once(told, 'came');
    socket.destroy();
    await once(told, 'closed');
    assert.deepEqual(closes, [1, 1, 1]);
  });

  it('rejects when the port is taken', async () => {
    await using first = await RunningServer.listen(() => undefined, config);
    await assert.rejects(
      RunningServer.listen(() => undefined, { ...config, STUDY_PORT: Number(new URL(first.url).port) }),
      { code: 'EADDRINUSE' },
    );
  });
});
