import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { bench, servingSource } from './bench.js';
import { runOptions } from './testing/run-options.js';

describe('a bench of servers that run already', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  after(() => {
    for (const server of servers) server.close();
  });
  const serve = async (answer: RequestListener): Promise<string> => {
    const server = createServer(answer).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it('takes a target that says it is the stand-in for one, whatever else it is told of', async () => {
    const other = await serve((_, response) => response.writeHead(404).end());
    const standin = await serve((_, response) => response.end('tfserving-standin'));
    assert.equal((await servingSource(other, undefined)).kind, 'url');
    assert.equal((await servingSource(other, other)).kind, 'url');
    assert.equal((await servingSource(other, 'http://127.0.0.1:1')).kind, 'url');
    const { kind, detail } = await servingSource(other, standin);
    assert.deepEqual([kind, detail], ['stand-in', `direct-rest at ${standin} says so itself`]);
  });

  const loadFrom = (generators: string): Promise<unknown> => {
    const asked = { program: 'bench', profile: 'quick', seed: 1, timeFactor: 1, generators } as const;
    return bench({ ...runOptions({ asked, dryRun: true }), targets: 'flask-style=http://127.0.0.1:8601' });
  };

  it('refuses its own address where one of the generators is on another machine', async () => {
    await loadFrom('127.0.0.1:9700, localhost:9701');
    for (const generators of ['10.0.0.5:9700', '127.0.0.1:9700,10.0.0.5:9700'])
      await assert.rejects(loadFrom(generators), /127\.0\.0\.1:8601 is this machine's own address/);
  });
});
