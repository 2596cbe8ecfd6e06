import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { it } from 'node:test';
import { promisify } from 'node:util';
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

it('a free port that nobody listens on yet is not given to another process', async () => {
  const ours = await freePort();
  const module = new URL('./free-port.js', import.meta.url).href;
  // Another process that begins to look at the same place.
  const program = `
    const crypto = require('node:crypto');
    crypto.randomInt = () => ${ours};
    require('node:module').syncBuiltinESMExports();
    import(${JSON.stringify(module)}).then(async ({ freePort }) => console.log(await freePort()));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]);
  assert.ok(Number(stdout) > 0 && Number(stdout) !== ours, stdout);
});
