import assert from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { isAlive } from '../resources/index.js';
import { launch, launchServer } from './launch.js';

const LIMIT_MS = 20_000;
const node = (code: string, logFile?: string): ReturnType<typeof launch> =>
  launch({
    name: 'it',
    command: process.execPath,
    args: ['-e', code],
    ...(logFile === undefined ? {} : { logFile }),
  });

describe('a process', () => {
  it('that ends before it is ready rejects with one sentence: its last words, and where its log is', async () => {
    const logFile = join(mkdtempSync(join(tmpdir(), 'launch-test-')), 'it.log');
    const process = node("console.error('loading\\nError: no model\\n    at x'); process.exit(3)", logFile);
    await assert.rejects(
      process.waitForLine(() => undefined, LIMIT_MS),
      ({ message }: Error) => message === `it ended with exit code 3: Error: no model; its log: ${logFile}`,
    );
    await assert.rejects(
      process.waitUntil(() => Promise.reject(new Error('refused')), LIMIT_MS),
      /ended with exit code 3/,
    );
    await process.stop();
  });

  it('that there is not says so', async () => {
    const process = launch({ name: 'it', command: '/nonexistent/command', args: [] });
    const { code, error } = await process.ended;
    assert.equal(code, 127);
    assert.match(error.message, /it could not be started \(\/nonexistent\/command\): .*No such file/);
    await process.stop();
  });

  it('that does not answer in time says what it heard last', async () => {
    const process = node('setInterval(() => undefined, 1000)');
    await assert.rejects(
      process.waitUntil(() => Promise.reject(new Error('refused')), 100),
      /it did not answer within 0\.1 s \(refused\): it printed nothing/,
    );
    await process.stop();
  });

  it('that passes signals on is asked to end when whoever started it is killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'launch-'));
    const asked = join(folder, 'asked');
    const code =
      "process.on('SIGTERM', () => { require('node:fs').writeFileSync(process.argv[1], ''); process.exit(); }); setInterval(() => undefined, 1000); console.log('up')";
    const starter = node(`
      import(${JSON.stringify(new URL('./launch.js', import.meta.url).href)}).then(({ launch }) => launch({
        name: 'it', command: process.execPath, args: ['-e', ${JSON.stringify(code)}, ${JSON.stringify(asked)}],
        passesSignalsOn: true, onLine: console.log }));`);
    try {
      await starter.waitForLine((line) => (line === 'up' ? true : undefined), LIMIT_MS);
      starter.child.kill('SIGKILL');
      await starter.ended;
      const end = performance.now() + LIMIT_MS;
      while (!existsSync(asked) && performance.now() < end) await setImmediate();
      assert.ok(existsSync(asked));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('that is killed has ended, whatever holds its output open', async () => {
    const process = launch({ name: 'it', command: 'sh', args: ['-c', 'sleep 1000 & echo $!; wait'] });
    const left = await process.waitForLine((line) => Number(line), LIMIT_MS);
    process.child.kill('SIGKILL');
    const startedAt = performance.now();
    await process.stop();
    assert.ok(performance.now() - startedAt < LIMIT_MS);
    assert.match((await process.ended).error.message, /^it ended by SIGKILL/);
    globalThis.process.kill(left, 'SIGKILL');
  });

  it('that serves takes its children along when it is killed', async () => {
    const { server, ready: child } = await launchServer(
      { name: 'it', command: 'sh', args: ['-c', 'sleep 1000 & echo $!; wait'] },
      (started) => started.waitForLine((line) => Number(line), LIMIT_MS),
    );
    server.child.kill('SIGKILL');
    await server.ended;
    for (const end = performance.now() + LIMIT_MS; isAlive(child) && performance.now() < end;) await setImmediate();
    assert.equal(isAlive(child), false);
  });

  it('that hears nothing is ended within the limit, with its children', async () => {
    const child =
      "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000); console.log(process.pid)";
    const process = node(`
      process.on('SIGTERM', () => undefined);
      require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' });`);
    const pid = await process.waitForLine((line) => (/^\d+$/.test(line) ? Number(line) : undefined), LIMIT_MS);
    assert.equal(isAlive(pid), true);
    await process.stop(50);
    assert.deepEqual([isAlive(process.pid), isAlive(pid)], [false, false]);
  });
});
