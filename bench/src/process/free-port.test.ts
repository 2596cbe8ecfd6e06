import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { it } from 'node:test';
import { freePort } from './free-port.js';

it('a free port is none of those that outgoing connections get, none in use and none twice', async () => {
  const first = await freePort();
  const server = createServer().listen(first + 1, '127.0.0.1');
  await once(server, 'listening');
  try {
    const ports = [first, ...(await Promise.all(Array.from({ length: 50 }, () => freePort())))];
    assert.equal(new Set(ports).size, ports.length);
    assert.ok(!ports.includes(first + 1), `${first + 1} is in use`);
    assert.ok(Math.max(...ports) < 32_768, 'Linux gives these ports to outgoing connections');
  } finally {
    server.close();
  }
});
