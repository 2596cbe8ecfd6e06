import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { requireEngine } from '@serving-study/runtime';
import { startFakeIndex, type FakeIndex } from '../testing/fake-index.js';
import { FAKE_WHEEL, writeFakeWheel } from '../testing/fake-wheel.js';
import { NO_PYTHON, startSetup, until, type CliProcess } from '../testing/cli-process.js';
import { outputOf } from './run-command.js';

const RELEASE = ['--distribution', 'tensorflow==9.9.9'];
const pip = await outputOf('python3', ['-m', 'pip', '--version'], 20_000);

describe('setup provisions the engine', () => {
  let folder: string;
  let wheel: string;
  let cache: string;
  let index: FakeIndex;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wheels-'));
    wheel = await writeFakeWheel(folder);
    index = await startFakeIndex(wheel);
  });
  after(async () => {
    await index[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'cache-'));
    index.sending = 'whole';
    index.saysSha256 = undefined;
  });
  afterEach(() => rm(cache, { recursive: true }));

  const overHttps = (): CliProcess =>
    startSetup([...RELEASE, '--cache-dir', cache, '--python', NO_PYTHON, '--index-url', index.url]);
  const fromFile = (file: string): CliProcess =>
    startSetup(['--cache-dir', cache, '--python', NO_PYTHON, '--wheel', file]);
  const succeeds = async (setup: CliProcess): Promise<string> => {
    assert.equal(await setup.ended, 0, setup.said());
    return setup.said();
  };
  const fails = async (setup: CliProcess, message: RegExp): Promise<void> => {
    assert.equal(await setup.ended, 1, setup.said());
    assert.match(setup.said(), message);
    await assertNothingIsThere();
  };
  const assertNothingIsThere = async (): Promise<void> => {
    await assert.rejects(requireEngine(cache), /run: npm run setup/);
    const left = (await readdir(cache, { recursive: true })).filter(
      (name) => name !== 'setup.lock' && name !== 'staging',
    );
    assert.deepEqual(left, [], 'nothing half-done is left');
  };

  it('over HTTPS without pip, and is quick the second time', async () => {
    const downloads = index.downloads;
    assert.match(await succeeds(overHttps()), /Ready: TensorFlow 9.9.9 \(tensorflow, from https\)/);
    const engine = await requireEngine(cache);
    assert.equal(engine.version, '9.9.9');
    assert.equal(engine.wheel, FAKE_WHEEL);
    assert.match(await readFile(engine.library.tensorflow, 'utf8'), /^library library /);
    assert.match(await readFile(engine.library.framework, 'utf8'), /^framework/);
    assert.deepEqual(
      (await readdir(join(engine.directory, 'include'), { recursive: true }))
        .filter((name) => name.endsWith('.h'))
        .sort(),
      ['tensorflow/c/c_api.h', 'tensorflow/c/eager/c_api.h', 'tsl/platform/ctstring_internal.h'],
    );
    assert.deepEqual((await readdir(cache)).sort(), ['engine', 'setup.lock', 'staging'], 'the wheel is not kept');
    assert.equal(
      (await succeeds(overHttps())).trim(),
      'Ready: TensorFlow 9.9.9 (tensorflow, from https).',
      'one line, nothing done',
    );
    assert.match(
      await succeeds(startSetup(['--cache-dir', cache])),
      /TensorFlow 9.9.9/,
      'the engine in use stays in use',
    );
    assert.equal(index.downloads, downloads + 1);
  });

  it('from a wheel on the disk, again only when it is another one', async () => {
    await succeeds(fromFile(wheel));
    const first = await requireEngine(cache);
    assert.equal(first.source, 'file');
    await succeeds(fromFile(wheel));
    assert.equal((await requireEngine(cache)).unpackedAt, first.unpackedAt);
    const other = await writeFakeWheel(join(folder, 'other'), { content: 'patched ' });
    await succeeds(fromFile(other));
    assert.match(await readFile((await requireEngine(cache)).library.tensorflow, 'utf8'), /^patched/);
    assert.ok(existsSync(wheel), 'a wheel of the user is left alone');
  });

  it('with pip, as pip is set up', { skip: pip === undefined && 'python3 has no pip here' }, async () => {
    const environment = { PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder, PIP_CONFIG_FILE: '/dev/null', HOME: cache };
    await succeeds(startSetup([...RELEASE, '--cache-dir', cache, '--index-url', 'http://127.0.0.1:1'], environment));
    assert.equal((await requireEngine(cache)).source, 'pip');
  });

  it('or says what is missing and how to get it', async () => {
    const setup = startSetup([
      ...RELEASE,
      '--cache-dir',
      cache,
      '--python',
      NO_PYTHON,
      '--index-url',
      'http://127.0.0.1:1',
    ]);
    await fails(
      setup,
      /could not be had:\n {2}- pip: \/nonexistent\/python cannot be run .*\n {2}- https: http:\/\/127.0.0.1:1\/.* cannot be reached .*\nDo one of these/,
    );
    assert.match(setup.said(), /npm run setup -- --wheel FILE/);
  });

  it('not from a download that is damaged, cut short or not what the index says', async () => {
    index.saysSha256 = '0'.repeat(64);
    await fails(overHttps(), /has the sha256 [0-9a-f]{64}, the index says 0{64}: damaged on the way/);
    index.saysSha256 = undefined;
    index.sending = 'half, then close';
    await fails(overHttps(), /https: /);
  });

  it('not from a file that is no such wheel', async () => {
    const text = join(folder, FAKE_WHEEL.replace('9.9.9', '9.9.8'));
    await writeFile(text, 'not a zip');
    await fails(fromFile(text), /is not a readable wheel/);
    await fails(fromFile(join(folder, 'absent-1-py3-none-manylinux_2_17_x86_64.whl')), /is not there|not for Linux/);
    await fails(fromFile(await writeFakeWheel(folder, { name: 'tensorflow.zip' })), /is not the name of a wheel/);
    await fails(
      fromFile(await writeFakeWheel(folder, { name: 'tensorflow-9.9.9-cp311-cp311-macosx_12_0_arm64.whl' })),
      /is not for Linux on/,
    );
    const empty = await writeFakeWheel(join(folder, 'empty'), { without: 'tensorflow/libtensorflow_framework.so.2' });
    await fails(fromFile(empty), /holds no TensorFlow/);
    const damaged = join(folder, FAKE_WHEEL.replace('9.9.9', '9.9.7'));
    const bytes = await readFile(wheel);
    bytes.fill(0xff, 200, 210);
    await writeFile(damaged, bytes);
    await fails(fromFile(damaged), /cannot be unpacked from .*9.9.7/);
    const renamed = join(folder, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl');
    await copyFile(wheel, renamed);
    if (process.arch === 'x64')
      await fails(fromFile(renamed), /the one this project was tried with has 2b847d21.*It is not used/);
  });

  it('after a run that was killed, without waiting for a lock to grow stale', async () => {
    index.sending = 'half, then nothing';
    const downloads = index.downloads;
    const killed = overHttps();
    await until(
      'half of the wheel is there',
      async () => index.downloads > downloads && (await stagedBytes(cache)) > 0,
    );
    killed.child.kill('SIGKILL');
    assert.equal(await killed.ended, 'SIGKILL');
    await assert.rejects(requireEngine(cache));
    index.sending = 'whole';
    const next = await succeeds(overHttps());
    assert.doesNotMatch(next, /Another set-up/);
    assert.deepEqual(await readdir(join(cache, 'staging')), [], 'what the killed run left is swept');
  });

  it('stopped by Ctrl-C leaves nothing and says so', async () => {
    index.sending = 'half, then nothing';
    const downloads = index.downloads;
    const stopped = overHttps();
    await until(
      'half of the wheel is there',
      async () => index.downloads > downloads && (await stagedBytes(cache)) > 0,
    );
    stopped.child.kill('SIGINT');
    assert.equal(await stopped.ended, 130, stopped.said());
    assert.match(stopped.said(), /stopped by SIGINT/);
    await assertNothingIsThere();
  });

  it('once for two runs at the same time: the second waits for the first', async () => {
    index.sending = 'half, then nothing';
    const downloads = index.downloads;
    const first = overHttps();
    await until('the first downloads', () => index.downloads > downloads);
    const second = overHttps();
    await until('the second waits', () =>
      second.said().includes(`Another set-up (process ${String(first.child.pid)}) is at work`),
    );
    index.finish();
    await succeeds(first);
    await succeeds(second);
    assert.equal(index.downloads, downloads + 1);
  });

  it('not before the children of a killed run are gone too', async () => {
    const go = join(cache, 'go');
    const python = join(cache, 'python');
    // stands for a pip that is still downloading after its parent was killed
    await writeFile(python, `#!/bin/sh\ntouch ${cache}/started\nwhile ! test -e ${go}; do sleep 0.05; done\nexit 1\n`, {
      mode: 0o755,
    });
    const args = [...RELEASE, '--cache-dir', cache, '--python', python, '--index-url', index.url];
    const killed = startSetup(args);
    await until('pip runs', () => existsSync(join(cache, 'started')));
    killed.child.kill('SIGKILL');
    const next = startSetup(args);
    await until('the next run waits', () => next.said().includes('Another set-up'));
    await writeFile(go, '');
    await succeeds(next);
  });
});

async function stagedBytes(cache: string): Promise<number> {
  const names = await readdir(join(cache, 'staging'), { recursive: true }).catch(() => []);
  const wheel = names.find((name) => name.endsWith('.whl'));
  return wheel === undefined ? 0 : (await readFile(join(cache, 'staging', wheel))).length;
}
