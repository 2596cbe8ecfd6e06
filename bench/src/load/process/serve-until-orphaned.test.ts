import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';

/** A process that starts a server and then does nothing. */
const PARENT = `
  import { startInstantServer } from ${JSON.stringify(new URL('../floor/start-instant-server.js', import.meta.url).href)};
  const { addresses } = await startInstantServer([{ protocol: 'rest', answer: Buffer.from('{}') }]);
  process.stdout.write(addresses[0].split(':')[1]);
  setInterval(() => undefined, 1000);
`;

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('a server process', () => {
  it('ends when the process that started it is killed', async () => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [port] = (await once(parent.stdout, 'data')) as [Buffer];
    assert.equal(await takesConnections(Number(port)), true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    for (const limit = Date.now() + 20_000; await takesConnections(Number(port));) {
      assert.ok(Date.now() < limit, 'it goes on alone');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
});
