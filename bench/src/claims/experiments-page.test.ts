import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { CATALOGUE } from '../contestants/index.js';
import { ANALYSES } from '../experiments/analyses.js';
import { EXPERIMENTS } from '../experiments/index.js';
import { PROJECT_ROOT } from '../models/project-root.js';
import { CLAIMS } from './index.js';

/** First cells of the rows of all tables of a page, with the last column's text. */
function rows(page: string): Map<string, string> {
  return new Map(
    page
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .filter(([, first]) => first?.startsWith('`'))
      .map((cells) => [cells[1]?.replaceAll('`', '') ?? '', cells.slice(2, -1).join(' | ')]),
  );
}

it('docs/experiments.md and the README list what --only and --contestants take, and nothing else', async () => {
  const page = rows(await readFile(join(PROJECT_ROOT, 'docs', 'experiments.md'), 'utf8'));
  const profiles = new Map(
    EXPERIMENTS.map((each) => [each.id, each.profiles.length === 3 ? 'all' : each.profiles.join(', ')]),
  );
  assert.deepEqual(
    [...page.keys()],
    [...EXPERIMENTS, ...CLAIMS, ...CATALOGUE].map(({ id }) => id),
  );
  for (const { id, question } of ANALYSES)
    assert.ok(page.get(id)?.startsWith(`${question} | ${profiles.get(id)} |`), `${id}: ${page.get(id)}`);
  for (const { id, experiment, sentence, aboutTensorFlowServing } of CLAIMS)
    assert.equal(page.get(id), `\`${experiment}\` | ${aboutTensorFlowServing ? 'yes' : 'no'} | ${sentence}`);
  for (const { id, label, role, protocol, onServing } of CATALOGUE)
    assert.equal(page.get(id), `${label} | ${role} | ${protocol} | ${onServing ? 'yes' : 'no'}`);
  const readme = rows(await readFile(join(PROJECT_ROOT, 'README.md'), 'utf8'));
  for (const { id } of EXPERIMENTS)
    assert.ok(readme.get(id)?.endsWith(profiles.get(id) ?? ''), `${id}: ${readme.get(id)}`);
});
