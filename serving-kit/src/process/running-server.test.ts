import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { RunningServer } from './running-server.js';

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
    const server = await RunningServer.listen(
      (incoming, response) => {
        if (incoming.url === '/slow') {
          finish = () => response.end('done');
          answerNow();
        } else response.end('quick');
      },
      '127.0.0.1',
      0,
    );
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
    const server = await RunningServer.listen(
      () => {
        arrived();
      },
      '127.0.0.1',
      0,
    );
    const hanging = assert.rejects(get(server.url, new Agent()), { code: 'ECONNRESET' });
    await received;
    await server.drain(50);
    await hanging;
  });

  it('rejects when the port is taken', async () => {
    await using first = await RunningServer.listen(() => undefined, '127.0.0.1', 0);
    await assert.rejects(
      RunningServer.listen(() => undefined, '127.0.0.1', Number(new URL(first.url).port)),
      { code: 'EADDRINUSE' },
    );
  });
});
