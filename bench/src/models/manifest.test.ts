import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { folderDigest } from './folder-digest.js';
import { PROJECT_ROOT } from './project-root.js';
import { readGolden } from './read-golden.js';
import { findModel, modelBasePath, modelPath, readManifest } from './read-manifest.js';

const COMMITTED_LIMIT_BYTES = 3_000_000;
const manifest = await readManifest();
const committed = manifest.models.filter(({ location }) => location === 'committed');

describe('models/manifest.json', () => {
  it('tells the truth about every committed file', async () => {
    for (const model of committed) {
      for (const { version, sha256, bytes } of model.versions) {
        const folder = modelPath(model, version);
        assert.equal(await folderDigest(folder), sha256, folder);
        assert.equal(await bytesOf(folder), bytes, folder);
      }
    }
  });

  it('names every version folder that lies there', async () => {
    for (const model of committed) {
      const folders = (await readdir(modelBasePath(model), { withFileTypes: true }))
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
      assert.deepEqual(folders.sort(), model.versions.map(({ version }) => String(version)).sort());
    }
  });

  it('keeps what is committed under 3 MB, golden files and held-out images included', async () => {
    const committedBytes = await Promise.all([
      ...committed.map((model) => bytesOf(modelBasePath(model))),
      bytesOf(join(PROJECT_ROOT, 'models', 'heldout')),
    ]);
    const total = committedBytes.reduce((sum, bytes) => sum + bytes, 0);
    assert.ok(total < COMMITTED_LIMIT_BYTES, `${total} bytes`);
  });

  it('has what the experiments need: two versions that differ, 10 k parameters to ResNet50 size', () => {
    const [first, second] = findModel(manifest, 'fashion-cnn').versions;
    assert.notEqual(first?.sha256, second?.sha256);
    const parameters = manifest.models
      .filter(({ series }) => series.includes('complexity'))
      .map((model) => model.parameters);
    assert.ok(parameters.length >= 6);
    assert.ok(Math.min(...parameters) < 15_000 && Math.max(...parameters) > 25_000_000, parameters.join(', '));
  });

  it('varies depth apart from width', () => {
    const depths = manifest.models.filter(({ series }) => series.includes('depth')).map(({ layers }) => layers);
    assert.ok(depths.length >= 4);
    assert.equal(new Set(depths).size, depths.length);
    assert.ok(manifest.models.filter(({ series }) => series.includes('width')).length >= 4);
  });

  it('gives an accuracy, or the reason why there is none', () => {
    for (const model of manifest.models) {
      for (const { accuracy, noAccuracyBecause } of model.versions)
        assert.notEqual(accuracy === null, noAccuracyBecause === undefined, model.name);
    }
  });

  it('names a base for every optimised model that starts from one', () => {
    const optimised = manifest.models.filter(({ series }) => series.includes('optimised'));
    assert.ok(optimised.length >= 6);
    for (const { base } of optimised) if (base !== null) assert.doesNotThrow(() => findModel(manifest, base));
  });

  it('says which names there are when one is wrong', () => {
    assert.throws(() => findModel(manifest, 'nope'), /no model is called nope; there are: .*fashion-cnn/);
    assert.throws(
      () => modelPath(findModel(manifest, 'fashion-cnn'), 9),
      /fashion-cnn has no version 9; there are: 1, 2/,
    );
  });
});

describe('golden files', () => {
  it('hold cases for every committed version, with answers that tell the inputs apart', async () => {
    for (const model of committed) {
      for (const { version } of model.versions) {
        const golden = await readGolden(model, version);
        assert.equal(golden.inputAlias, 'image');
        assert.equal(golden.outputAlias, 'probabilities');
        assert.deepEqual(golden.instanceShape, [28, 28, 1]);
        assert.equal(golden.cases.length, 32);
        assert.equal(new Set(golden.cases.map(({ expected }) => expected.join())).size, 32, model.name);
        for (const { input, expected } of golden.cases) assert.deepEqual([input.length, expected.length], [784, 10]);
      }
    }
  });

  it('say how to build a model that is not there', async () => {
    const missing = { ...findModel(manifest, 'resnet50'), path: '.cache/models/not-there' };
    await assert.rejects(readGolden(missing, 1), /resnet50 is not built: .*; run: python models\/build.py resnet50/);
  });
});

async function bytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name))),
  );
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
