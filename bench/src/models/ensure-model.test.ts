import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ensureModel } from './ensure-model.js';
import { PROJECT_ROOT } from './project-root.js';
import { readManifest } from './read-manifest.js';

/** A project of its own, whose build script is a stub that node runs: what is tested is how a build is started and judged. */
let root: string;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'ensure-model-'));
  await mkdir(join(root, 'models'));
  await cp(join(PROJECT_ROOT, 'models', 'manifest.json'), join(root, 'models', 'manifest.json'));
  await cp(join(PROJECT_ROOT, 'models', 'mlp-10k'), join(root, 'models', 'mlp-10k'), { recursive: true });
});
after(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('ensureModel', () => {
  it('takes a committed model as it is, with the digest of its files', async () => {
    const ready = await ensureModel('mlp-10k', { python: '/nonexistent/python', root });
    assert.ok('digests' in ready);
    assert.deepEqual([...ready.digests.values()], [await recorded('mlp-10k')]);
  });

  it('says what to do about a committed model that was changed', async () => {
    const weights = join(root, 'models', 'mlp-10k', '1', 'saved_model.pb');
    const whole = await readFile(weights);
    await writeFile(weights, whole.subarray(1));
    const missing = await ensureModel('mlp-10k', { python: '/nonexistent/python', root });
    await writeFile(weights, whole);
    assert.deepEqual(missing, {
      reason: 'models/mlp-10k is part of the repository but not whole here; run: git restore models/mlp-10k',
    });
  });

  it('says why a model cannot be built without Python', async () => {
    const missing = await ensureModel('cnn-w64', { python: '/nonexistent/python', root });
    assert.ok('reason' in missing);
    assert.match(
      missing.reason,
      /^cnn-w64 is built on demand with Python and TensorFlow, and \/nonexistent\/python could not be started .*run: npm run setup$/,
    );
  });

  it('gives the last line of a build that fails', async () => {
    const python = await script("process.stderr.write('Traceback\\nerror: TensorFlow 1.0 found\\n'); process.exit(1)");
    const missing = await ensureModel('cnn-w64', { python, root });
    assert.ok('reason' in missing);
    assert.match(
      missing.reason,
      /building cnn-w64 failed \(exit code 1\): error: TensorFlow 1.0 found; to see all of it run: python models\/build.py cnn-w64/,
    );
  });

  it('passes progress on, accepts an honest build of other bytes, and does not build twice', async () => {
    const sha256 = (await recorded('cnn-w64')) ?? '';
    const python = await script(`
      const { createHash } = require('node:crypto'), { mkdirSync, writeFileSync } = require('node:fs');
      const sha = (text) => createHash('sha256').update(text).digest('hex'), base = ${JSON.stringify(join(root, '.cache/models/cnn-w64'))};
      console.log('[1/1] ' + process.argv.at(-1));
      mkdirSync(base + '/1', { recursive: true });
      writeFileSync(base + '/1/saved_model.pb', 'x');
      writeFileSync(base + '/build.json', JSON.stringify({ schema: 1, sha256: { 1: sha(sha('x') + '  ./saved_model.pb\\n') }, manifestSha256: { 1: '${sha256}' } }));`);
    const lines: string[] = [];
    const built = await ensureModel('cnn-w64', { python, root, onProgress: (line) => lines.push(line) });
    assert.deepEqual(lines, ['[1/1] cnn-w64']);
    assert.ok('digests' in built && built.digests.get(1) !== sha256);
    assert.deepEqual(await ensureModel('cnn-w64', { python: '/nonexistent/python', root }), built);
    await writeFile(join(root, '.cache/models/cnn-w64/1/saved_model.pb'), 'damaged');
    assert.ok('reason' in (await ensureModel('cnn-w64', { python: '/nonexistent/python', root })));
  });

  it('stops a build when asked to', async () => {
    const stop = new AbortController();
    const python = await script("console.log('started'); setInterval(() => undefined, 1000)");
    const onProgress = (): void => {
      stop.abort(new Error('Ctrl-C'));
    };
    await assert.rejects(ensureModel('cnn-w128', { python, root, signal: stop.signal, onProgress }), /Ctrl-C/);
  });
});

/** The digest that the manifest has of a model's first version. */
async function recorded(model: string): Promise<string | undefined> {
  return (await readManifest(root)).models.find(({ name }) => name === model)?.versions[0]?.sha256;
}

let scripts = 0;
/** An executable that ignores python's arguments and runs `code` with node instead. */
async function script(code: string): Promise<string> {
  const file = join(root, `python-${(scripts += 1)}.cjs`);
  await writeFile(file, `#!${process.execPath}\n${code}`, { mode: 0o755 });
  return file;
}
