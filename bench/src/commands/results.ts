import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Results } from '../record/index.js';
import { PUBLISHED, renderIndex, renderNewest, renderReport, whyNotPublished } from '../report/index.js';
import { readResults, writeAtomically } from '../run-folder/index.js';

const README = 'README.md';
/** Between these the README belongs to this command. */
const BLOCK = /(<!-- results:begin -->\n)[^]*(<!-- results:end -->)/;
/** What a kept run should take, compressed as a repository keeps it. */
const MOST_BYTES = 1e6;

type Say = (text: string) => void;

/**
 * Takes a finished run into the published ones of the project in `root`: its results and its report, without samples; and makes
 * the index again. @throws Error that says why the run is not taken; nothing is written then.
 */
export async function addResults(folder: string, root: string, say: Say): Promise<void> {
  const results = await readResults(folder);
  const reason = whyNotPublished(results);
  if (reason !== undefined) throw new Error(`${folder} is not published: ${reason}`);
  const { id } = results.study;
  if (!/^[\w-]+$/.test(id))
    throw new Error(`${folder} is not published: its id ${JSON.stringify(id)} is no folder name`);
  const target = join(root, PUBLISHED, id);
  if (existsSync(target)) throw new Error(`${folder} is not published: ${target} is there already`);
  await mkdir(dirname(target), { recursive: true });
  const part = await mkdtemp(join(dirname(target), '.part-'));
  try {
    // The samples stay where they are.
    const kept: Results = { ...results, files: ['results.json'] };
    await writeAtomically(join(part, 'results.json'), `${JSON.stringify(kept)}\n`);
    await renderReport(kept, part);
    await rename(part, target);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
  const bytes = await compressedBytes(target);
  say(`Added ${target}, ${(bytes / 1e6).toFixed(2)} MB compressed`);
  if (bytes > MOST_BYTES) say(`That is more than the ${MOST_BYTES / 1e6} MB that a kept run should take.`);
  await indexResults(root, say);
}

/** Makes the index of the published runs, as a page too once there are some, and the README's table of the newest. */
export async function indexResults(root: string, say: Say): Promise<void> {
  const folder = join(root, PUBLISHED);
  await mkdir(folder, { recursive: true });
  const entries = await readdir(folder, { withFileTypes: true });
  const ids = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  const runs = await Promise.all(ids.map((id) => readResults(join(folder, id))));
  const readme = join(root, README);
  const text = await readFile(readme, 'utf8');
  if (!BLOCK.test(text)) throw new Error(`${readme} has no lines <!-- results:begin --> and <!-- results:end -->`);
  const { markdown, html } = renderIndex(runs);
  await writeAtomically(join(folder, README), markdown);
  if (runs.length > 0) await writeAtomically(join(folder, 'index.html'), html);
  const table = `<!-- prettier-ignore-start -->\n${renderNewest(runs)}\n<!-- prettier-ignore-end -->\n`;
  await writeAtomically(
    readme,
    text.replace(BLOCK, (_, begin: string, end: string) => `${begin}${table}${end}`),
  );
  say(`Index of ${runs.length} published ${runs.length === 1 ? 'run' : 'runs'}: ${join(folder, README)}`);
}

async function compressedBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(file)).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}
