import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connectGenerators } from '../load/index.js';
import { aSpec } from '../load/testing/a-spec.js';
import { RIGHT, startAnswerServer } from '../load/testing/answer-server.js';
import { VERSION } from './help.js';

const CLI = fileURLToPath(new URL('../cli.js', import.meta.url));
const OWN = { version: VERSION, secret: 'of both' };

/** `bench generator`, and where it listens. */
async function startProgram(): Promise<{ readonly program: ChildProcess; readonly address: string }> {
  const program = spawn(process.execPath, [CLI, 'bench', 'generator', '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, STUDY_GENERATOR_SECRET: OWN.secret },
  });
  for await (const line of createInterface({ input: program.stderr })) {
    const [, address] = /listens on (\S+)/.exec(line) ?? [];
    if (address !== undefined) return { program, address };
  }
  throw new Error('it did not listen');
}

it('a generator that dies under a trial is told by its address; the trial leaves nothing', async () => {
  await using server = await startAnswerServer((_body, response) => response.end(RIGHT));
  const [lasting, dying] = await Promise.all([startProgram(), startProgram()]);
  await using together = await connectGenerators(`${lasting.address},${dying.address}`, OWN);
  const spec = aSpec(
    { kind: 'rest', address: server.address, path: '/v1/models/m:predict' },
    { load: { kind: 'closed', concurrency: 2 }, durationMs: 60_000 },
  );
  const onWindowStart = (): void => void dying.program.kill('SIGKILL');
  await assert.rejects(together.runTrial(spec, { onWindowStart }), ({ message }: Error) =>
    message.startsWith(`the load generator at ${dying.address}: `),
  );
  for (const part of ['', '.0', '.1']) assert.equal(existsSync(`${spec.samplesFile}${part}`), false);

  lasting.program.kill('SIGTERM');
  assert.deepEqual(await once(lasting.program, 'exit'), [0, null]);
});
