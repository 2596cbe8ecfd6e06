import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runClosedLoop, runUntilAnswered } from './closed-loop.js';
import { startGenerator } from './index.js';
import { aRequest } from './testing/a-spec.js';
import { RIGHT, startAnswerServer } from './testing/answer-server.js';

it('a closed loop whose requests outlast its window is run in a longer one', async () => {
  await using generator = await startGenerator();
  await using server = await startAnswerServer((_body, response) => setTimeout(() => response.end(RIGHT), 500));
  const loop = {
    target: { kind: 'rest', address: server.address, path: '/' } as const,
    requests: [aRequest('ok')],
    concurrency: 2,
    warmupMs: 50,
    durationMs: 100,
  };
  assert.equal((await runClosedLoop(generator, loop)).requestsPerS, 0);
  const { requestsPerS, latencies } = await runUntilAnswered(generator, loop);
  assert.ok(requestsPerS > 0 && latencies.length > 0);
});
