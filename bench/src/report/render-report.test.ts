import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { emptyResults, fixtureResults, interruptedResults } from './fixture/fixture-results.js';
import { compareReports, renderReport } from './index.js';

describe('renderReport', () => {
  let folder: string;
  const results = fixtureResults();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'));
    await renderReport(results, folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function files(of = folder): Promise<Map<string, string>> {
    const names = (await readdir(of, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return new Map(
      await Promise.all(
        names.toSorted().map(async (name) => [name.slice(of.length), await readFile(name, 'utf8')] as const),
      ),
    );
  }

  it('writes a page, its Markdown and every picture that the Markdown shows, and nothing else', async () => {
    const written = await files();
    const shown = [...(written.get('/report.md') ?? '').matchAll(/\]\((charts\/[^)]+\.svg)\)/g)].map(
      ([, name]) => `/${name ?? ''}`,
    );
    assert.ok(shown.length >= 10);
    assert.deepEqual([...written.keys()], [...shown, '/report.html', '/report.md'].toSorted());
  });

  it('needs no other file and no host', async () => {
    const page = (await files()).get('/report.html') ?? '';
    assert.ok(page.includes('default-src &#39;none&#39;'));
    const hosts = page.replaceAll('http://www.w3.org/2000/svg', '').match(/(?:https?:)?\/\/[a-z][^"<\s]*/gi) ?? [];
    assert.deepEqual(hosts, []);
    assert.deepEqual(page.match(/<(?:link|img|iframe|object|embed|script src|base)\b/g) ?? [], []);
  });

  it('gives the same bytes again', async () => {
    const first = await files();
    const other = await mkdtemp(join(tmpdir(), 'report-'));
    try {
      await Promise.all([renderReport(structuredClone(results), other), renderReport(results, folder)]);
      assert.deepEqual(await files(), first);
      assert.deepEqual(await files(other), first);
    } finally {
      await rm(other, { recursive: true, force: true });
    }
  });

  it('removes pictures of an earlier report, and only those', async () => {
    const other = await mkdtemp(join(tmpdir(), 'report-'));
    try {
      await renderReport(results, other);
      await writeFile(join(other, 'charts', 'mine.svg'), '<svg/>');
      await renderReport(emptyResults(), other);
      assert.deepEqual([...(await files(other)).keys()], ['/charts/mine.svg', '/report.html', '/report.md']);
    } finally {
      await rm(other, { recursive: true, force: true });
    }
  });

  it('says what is wrong when it cannot write', async () => {
    const file = join(folder, 'report.md');
    await assert.rejects(renderReport(emptyResults(), file), /ENOTDIR|EEXIST/);
  });
});

describe('compareReports', () => {
  it('writes a page, its Markdown and its pictures, beside a report that stays', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'report-'));
    try {
      await renderReport(fixtureResults(), folder);
      const page = await compareReports([interruptedResults(), fixtureResults(), fixtureResults()], folder);
      assert.equal(page, join(folder, 'comparison.html'));
      await renderReport(fixtureResults(), folder);
      assert.match(await readFile(page, 'utf8'), /<h1>What changed between 3 runs<\/h1>/);
      const text = await readFile(join(folder, 'comparison.md'), 'utf8');
      const [, picture = ''] = /\]\((charts\/comparison-fig[^)]+)\)/.exec(text) ?? [];
      assert.match(await readFile(join(folder, picture), 'utf8'), /^<svg .*<desc>/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
