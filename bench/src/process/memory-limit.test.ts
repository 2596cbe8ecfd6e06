import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { whyNoMemoryLimit } from './memory-limit.js';
import { launch } from './launch.js';

const LIMIT_MS = 30_000;
/** Says how many megabytes it holds, until it holds 400. */
const GREEDY = `
const held = [];
for (let megabytes = 10; megabytes <= 400; megabytes += 10) { held.push(Buffer.alloc(10 << 20, 1)); console.log('holds', megabytes); }
setInterval(() => held.length, 1000);
`;

describe('a memory limit', { skip: whyNoMemoryLimit() ?? false }, () => {
  it('ends what takes more, and leaves alone what does not', async () => {
    const start = (memoryMb: number): ReturnType<typeof launch> =>
      launch({ name: 'greedy', command: process.execPath, args: ['-e', GREEDY], memoryMb });
    const all = (line: string): true | undefined => (line === 'holds 400' ? true : undefined);
    const small = start(200);
    await assert.rejects(small.waitForLine(all, LIMIT_MS), /greedy ended by SIGKILL/);
    const large = start(800);
    assert.equal(await large.waitForLine(all, LIMIT_MS), true);
    await large.stop();
  });
});
