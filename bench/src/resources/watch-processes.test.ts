import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { watchProcesses } from './index.js';

/** Burns CPU until it has used the seconds it is asked for, then says so; in a process of its own. */
const BURN = `
  process.stdin.on('data', (data) => {
    const used = () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
    const until = used() + Number(data);
    while (used() < until);
    console.log('done');
  });
  console.log('up');`;
/** Passes everything on to a child that burns. */
const PARENT = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', process.env.BURN], { stdio: ['pipe', 'inherit', 'inherit'] });
  process.stdin.pipe(child.stdin);
  process.stdin.on('end', () => process.exit());`;

describe('watchProcesses', { skip: existsSync('/proc/self/stat') ? false : 'only Linux has /proc' }, () => {
  it('counts what a process and its children use while it watches, and nothing from before', async () => {
    const parent = spawn(process.execPath, ['-e', PARENT], {
      env: { ...process.env, BURN },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const said = (): Promise<unknown> => once(parent.stdout, 'data');
    await said();
    parent.stdin.write('0.5');
    await said();
    const watch = watchProcesses('c', [{ name: 'server', pid: parent.pid ?? 0 }]);
    parent.stdin.write('0.1');
    await said();
    const [usage, ...none] = watch.stop();
    parent.stdin.end();
    assert.deepEqual(none, []);
    assert.ok(usage);
    assert.deepEqual([usage.contestant, usage.name, usage.pid], ['c', 'server', parent.pid]);
    // Ticks of 10 ms, two processes, and whatever their garbage collectors add.
    assert.ok(usage.cpuSeconds >= 0.07 && usage.cpuSeconds < 0.5, `${usage.cpuSeconds} s`);
    assert.ok(usage.rssMaxBytes > 30e6 && usage.rssMeanBytes <= usage.rssMaxBytes);
    assert.ok(usage.threads >= 10 && usage.voluntarySwitches > 0);
  });

  it('keeps what a process had used when it ends meanwhile, and knows nothing of one that was never there', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'inherit'] });
    const watch = watchProcesses('c', [
      { name: 'ends', pid: child.pid ?? 0 },
      { name: 'never', pid: 2 ** 22 + 1 },
    ]);
    child.stdin.end();
    await once(child, 'exit');
    assert.deepEqual(
      watch.stop().map(({ name }) => name),
      ['ends'],
    );
  });
});
