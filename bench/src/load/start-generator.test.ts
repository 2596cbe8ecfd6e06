import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startGenerator } from './start-generator.js';
import { aSpec } from './testing/a-spec.js';
import { RIGHT, startAnswerServer } from './testing/answer-server.js';

it('a generator that says nothing more is given up', async ({ mock }) => {
  await using server = await startAnswerServer((_body, response) => response.end(RIGHT));
  await using generator = await startGenerator();
  const spec = aSpec({ kind: 'rest', address: server.address, path: '/' }, { durationMs: 200 });
  const limitMs = spec.warmupMs + spec.durationMs + 2 * spec.timeoutMs + 60_000;
  mock.timers.enable({ apis: ['setTimeout'] });
  const trial = generator.runTrial(spec, {
    onWindowStart: () => {
      process.kill(generator.pid, 'SIGSTOP');
      mock.timers.tick(limitMs - 1);
      mock.timers.tick(1);
    },
  });
  try {
    await assert.rejects(trial, /^Error: the load generator said nothing more for 70\.2 s$/);
  } finally {
    mock.timers.reset();
    process.kill(generator.pid, 'SIGCONT');
  }
});
