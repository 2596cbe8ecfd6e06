import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bindingPackage, cacheLayout, requireEngine } from '@serving-study/runtime';
import { NO_PYTHON, startCli } from '../testing/cli-process.js';
import { writeFakeWheel } from '../testing/fake-wheel.js';
import { bindingDirectory, isBuilt, isLinked } from './built-binding.js';
import { provisionBinding } from './provision-binding.js';

describe('the binding', () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'binding-'));
  });
  after(() => rm(root, { recursive: true }));

  it('is shown to its package again after npm has wiped node_modules, without building it again', async () => {
    const engine = await requireEngine();
    const layout = cacheLayout();
    const binding = { ...bindingPackage(), lookedUpIn: join(root, 'lib', 'napi-v8') };
    const directory = bindingDirectory(layout, binding, engine);
    const context = {
      layout,
      environment: { PATH: '/nonexistent' },
      arch: process.arch,
      python: NO_PYTHON,
      signal: new AbortController().signal,
      lockDescriptor: 2,
    };
    const reports: string[] = [];
    const provision = (): Promise<string> => provisionBinding(context, engine, binding, (text) => reports.push(text));
    assert.equal(await provision(), directory);
    assert.ok(await isLinked(binding, directory));
    assert.equal(resolve(dirname(binding.lookedUpIn), await readlink(binding.lookedUpIn)), directory);
    await rm(binding.lookedUpIn);
    await mkdir(binding.lookedUpIn); // as the package's own install script would leave it
    await writeFile(join(binding.lookedUpIn, 'tfjs_binding.node'), 'another one');
    assert.ok(!(await isLinked(binding, directory)));
    await provision();
    assert.ok(await isLinked(binding, directory));
    assert.deepEqual(reports, [], 'nothing was compiled');
  });

  it('is built again for another engine of the same release', async () => {
    const engine = await requireEngine();
    const directory = bindingDirectory(cacheLayout(), bindingPackage(), engine);
    assert.ok(await isBuilt(directory, engine));
    assert.ok(!(await isBuilt(directory, { ...engine, sha256: 'another' })));
  });

  it('says how to get a compiler where there is none', async () => {
    const wheel = await writeFakeWheel(root);
    const cache = join(root, 'cache');
    const setup = startCli(['setup', '--skip-python', '--cache-dir', cache, '--wheel', wheel], {
      PATH: '/nonexistent',
    });
    assert.equal(await setup.ended, 1, setup.said());
    assert.match(setup.said(), /there is no C\+\+ compiler.\nInstall one, then run this again: apt-get install g\+\+/);
    assert.equal((await requireEngine(cache)).version, '9.9.9', 'the engine stays, for the next try');
  });
});
