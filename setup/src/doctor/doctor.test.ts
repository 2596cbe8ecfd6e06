import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { NO_PYTHON, startCli } from '../testing/cli-process.js';
import { checkNode } from './check-node.js';
import type { Inspection } from './inspect-machine.js';
import { renderInspection } from './render-inspection.js';

const inspect = async (
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ code: unknown; inspection: Inspection }> => {
  const doctor = startCli(['doctor', '--json', ...args], environment);
  const code = await doctor.ended;
  return { code, inspection: JSON.parse(doctor.said()) as Inspection };
};

describe('doctor', () => {
  it('finds all that is required after a set-up, each thing opened for real', async () => {
    const { code, inspection } = await inspect([]);
    assert.equal(code, 0);
    assert.ok(inspection.ok);
    assert.deepEqual(
      inspection.checks.map(({ id }) => id),
      ['node', 'engine', 'binding', 'cpu', 'cpus', 'memory', 'compiler', 'python', 'flask', 'containers', 'tfserving'],
    );
    const byId = new Map(inspection.checks.map((check) => [check.id, check]));
    assert.match(String(byId.get('engine')?.details['version']), /^2\./);
    assert.equal(byId.get('binding')?.details['tensorflow'], byId.get('engine')?.details['version']);
    assert.ok(Number(byId.get('cpus')?.details['schedulable']) >= 1);
  });

  it('on a bare machine names each thing missing and what to do about it', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'bare-'));
    const environment = { PATH: '/nonexistent', TFSERVING_BIN: '/nonexistent/tensorflow_model_server' };
    const { code, inspection } = await inspect(['--cache-dir', cache, '--python', NO_PYTHON], environment);
    assert.equal(code, 1);
    assert.ok(!inspection.ok);
    const missing = inspection.checks.filter(({ state }) => state === 'missing');
    assert.deepEqual(
      missing.map(({ id }) => id),
      ['engine', 'binding', 'compiler', 'python', 'flask', 'containers', 'tfserving'],
    );
    for (const { id, advice } of missing) assert.ok(advice, `${id} comes with advice`);
    const table = renderInspection(inspection, false);
    assert.match(table, /^missing {2}TensorFlow {10}none below .*\n {29}-> run: npm run setup$/m);
    assert.match(table, /^optional C\+\+ compiler .*\n.*apt-get install g\+\+$/m);
    assert.match(table, /TFSERVING_BIN is \/nonexistent\/tensorflow_model_server, which does not run/);
    assert.match(table, /Something required is missing/);
    await rm(cache, { recursive: true });
  });

  it('knows the releases of Node that are supported', () => {
    assert.equal(checkNode('v22.13.0').state, 'ok');
    assert.equal(checkNode('v23.1.0').state, 'limited');
    assert.equal(checkNode('v18.20.0').state, 'missing');
  });
});
