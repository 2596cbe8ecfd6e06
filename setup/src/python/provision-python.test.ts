import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { cacheLayout } from '@serving-study/runtime';
import type { SetupContext } from '../provision/provision-engine.js';
import { outputOf } from '../provision/run-command.js';
import { acquireSetupLock, type SetupLock } from '../provision/setup-lock.js';
import { NO_PYTHON } from '../testing/cli-process.js';
import { provisionPython } from './provision-python.js';
import { findPythonEnvironment, holds, markerPath, pythonOf } from './python-environment.js';
import { readRequirements, type Requirements } from './requirements.js';

const hasVenv = (await outputOf('python3', ['-c', 'import venv, ensurepip'], 20_000)) !== undefined;

describe('the Python environment', () => {
  let root: string;
  let lock: SetupLock;
  let context: SetupContext;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'python-'));
    const layout = cacheLayout(root);
    lock = await acquireSetupLock(layout.lock);
    const environment = { PATH: process.env['PATH'], HOME: root, PIP_NO_INDEX: '1' };
    context = {
      layout,
      environment,
      arch: process.arch,
      python: 'python3',
      signal: new AbortController().signal,
      lockDescriptor: lock.descriptor,
    };
  });
  after(async () => {
    await lock[Symbol.asyncDispose]();
    await rm(root, { recursive: true });
  });
  const nothing = (sha256: string) => ({ text: '# nothing\n', sha256, added: undefined });
  const provision = (sha256: string, overrides: Partial<Requirements> = {}) =>
    provisionPython(context, { ...nothing(sha256), ...overrides }, undefined, () => undefined);

  it('runs the release that is the engine, whatever build of it', async () => {
    const file = join(root, 'requirements.txt');
    await writeFile(file, 'flask==3.1.3\ntensorflow-cpu==2.0.0\ngunicorn==26.2.0\n');
    const gpu = await readRequirements(file, { distribution: 'tensorflow', version: '2.21.0' });
    assert.equal(gpu.text, 'flask==3.1.3\ntensorflow==2.21.0\ngunicorn==26.2.0\n');
    const cpu = await readRequirements(file, { distribution: 'tensorflow-cpu', version: '2.21.0' });
    assert.notEqual(cpu.sha256, gpu.sha256);
    await writeFile(file, 'flask==3.1.3');
    const pinned = await readRequirements(file, cpuRelease);
    assert.equal(pinned.text, 'flask==3.1.3\ntensorflow-cpu==2.21.0\n');
    assert.equal(pinned.added, undefined);
    await writeFile(join(root, 'requirements-fastapi.txt'), 'fastapi==1.0\n');
    assert.equal((await readRequirements(file, cpuRelease)).added?.text, 'fastapi==1.0\n');
    assert.equal((await readRequirements(file, cpuRelease)).sha256, pinned.sha256);
  });

  it('is not fatal when there is no Python', async () => {
    const outcome = await provisionPython({ ...context, python: NO_PYTHON }, nothing('a'), undefined, () => undefined);
    assert.ok(outcome.state === 'unavailable');
    assert.match(outcome.reason, /cannot be run .*apt-get install python3-venv/);
  });

  // One after the other: each goes on with what the one before it left, for an environment takes seconds to make.
  const skip = !hasVenv && 'python3 has no venv here';
  it('is made once', { skip }, async () => {
    assert.deepEqual(await provision('a'), { state: 'ready' });
    const made = await findPythonEnvironment(context.layout);
    assert.equal(made?.requirementsSha256, 'a');
    assert.match((await outputOf(pythonOf(context.layout), ['--version'], 20_000)) ?? '', /^Python 3/);
    await provision('a');
    assert.equal((await findPythonEnvironment(context.layout))?.installedAt, made.installedAt, 'nothing done');
  });

  it('is made again when the pins change; says why pip failed, and is then not whole', { skip }, async () => {
    const outcome = await provision('b', { text: 'no-such-package==1.0\n' });
    assert.ok(outcome.state === 'unavailable');
    assert.match(outcome.reason, /pip install failed: .*no-such-package/);
    assert.ok(!existsSync(markerPath(context.layout)));
    assert.equal(await findPythonEnvironment(context.layout), undefined);
  });

  it(
    'is made again where a killed run left half of it, then added to, and kept when that fails',
    { skip },
    async () => {
      const added = { text: '# nothing\n', sha256: 'more' };
      assert.deepEqual(await provision('b'), { state: 'ready' });
      const kept = join(context.layout.venv, 'kept');
      await writeFile(kept, '');
      assert.deepEqual(await provision('b', { added }), { state: 'ready' });
      assert.ok(existsSync(kept));
      const made = await findPythonEnvironment(context.layout);
      assert.ok(holds(made, { ...nothing('b'), added }));
      assert.ok(!holds(made, { ...nothing('b'), added: { ...added, sha256: 'other' } }));
      const failed = await provision('b', { added: { text: 'no-such-package==1.0\n', sha256: 'other' } });
      assert.ok(failed.state === 'without-added');
      assert.match(failed.reason, /pip install failed: .*no-such-package/);
      assert.deepEqual(await findPythonEnvironment(context.layout), made);
    },
  );
});

const cpuRelease = { distribution: 'tensorflow-cpu', version: '2.21.0' };
