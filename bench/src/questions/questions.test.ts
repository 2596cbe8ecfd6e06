import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CATALOGUE } from '../contestants/index.js';
import { PROJECT_ROOT } from '../models/project-root.js';
import { OBSERVATIONS } from '../observations/index.js';
import { contestantsOf, isOnServing } from './claim.js';
import { experimentsPage } from './experiments-page.js';
import { CLAIMS, QUESTIONS } from './index.js';

describe('questions', () => {
  it('have ids of their own, and so have claims', () => {
    for (const all of [QUESTIONS, CLAIMS]) assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  });

  it('name contestants that exist', () => {
    const known = new Set(CATALOGUE.map(({ id }) => id));
    for (const claim of CLAIMS) for (const id of contestantsOf(claim)) assert.ok(known.has(id), `${claim.id}: ${id}`);
  });

  it('tell of observations that are made, and observe what they tell of', () => {
    const observed = QUESTIONS.filter(({ tell }) => tell !== undefined).map(({ id }) => id);
    assert.deepEqual(observed.toSorted(), Object.keys(OBSERVATIONS).toSorted());
  });

  it('know by its id whether a contestant asks TensorFlow Serving', () => {
    for (const { id, onServing } of CATALOGUE) assert.equal(isOnServing(id), onServing, id);
  });

  it('are what docs/experiments.md lists; UPDATE_GOLDEN=1 writes it', async () => {
    const file = join(PROJECT_ROOT, 'docs', 'experiments.md');
    const page = experimentsPage(CATALOGUE);
    if (process.env['UPDATE_GOLDEN'] !== undefined) await writeFile(file, page);
    assert.equal(await readFile(file, 'utf8'), page);
  });
});
