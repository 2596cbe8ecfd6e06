import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Results } from '../../record/index.js';
import { plainText } from '../document/inline.js';
import { fixtureResults, interruptedResults } from '../fixture/fixture-results.js';
import { ReportContext } from '../sections/report-context.js';
import { buildComparison } from './build-comparison.js';
import { cellPairs, ratioTo } from './cell-pairs.js';
import { runDifferences } from './run-differences.js';

const base = fixtureResults();

function answerOf(...runs: Results[]): string {
  return buildComparison(runs).opening.answer.map(plainText).join('\n');
}

describe('a comparison of runs', () => {
  it('finds nothing between a run and itself', () => {
    assert.deepEqual(runDifferences([base, base]), []);
    assert.match(answerOf(base, base), /^0 of 7 verdicts differ/);
    assert.match(answerOf(base, base), /under the same conditions/);
  });

  it('tells differences of machine, versions, plan and contestants first, with each run’s value', () => {
    const { study } = base;
    const cells = study.plan.cells.slice(1).map((cell, index) => (index === 0 ? { ...cell, durationMs: 5000 } : cell));
    const other: Results = {
      ...base,
      study: {
        ...study,
        machine: { ...study.machine, processor: 'another' },
        versions: { ...study.versions, node: 'v24.0.0' },
        plan: { ...study.plan, cells },
      },
    };
    const differences = runDifferences([base, other, base]);
    assert.deepEqual(
      differences.map(({ what }) => what),
      [
        'machine processor',
        'version of node',
        'cell headline/fashion-cnn-v2-b1-closed-1/proxy-grpc',
        'planned cells that not all runs have',
      ],
    );
    assert.deepEqual(differences[1]?.values, ['v20.20.2', 'v24.0.0', 'v20.20.2']);
    assert.equal(buildComparison([base, other]).sections[0]?.id, 'conditions');
  });

  it('counts verdicts that changed, and tells those of every run with its interval', () => {
    assert.match(answerOf(base, base, interruptedResults()), /^2 of 7 verdicts differ/);
    const [, verdicts] = buildComparison([base, base, interruptedResults()]).sections;
    const [table] = verdicts?.body ?? [];
    assert.ok(table?.kind === 'table');
    assert.deepEqual(
      table.columns.map(({ name }) => name),
      ['Claim', 'Changed', 'A', 'B', 'C'],
    );
    assert.match(plainText(table.rows[0]?.cells[3]?.text ?? ''), /REFUTED 1\.87× \(1\.83 to 1\.91\), overlaps A/);
  });

  it('compares cells that both runs measured validly, with the same server behind them', () => {
    const context = new ReportContext(base);
    const count = (pairs: ReturnType<typeof cellPairs>, why: (typeof pairs)[number]['leftOut']): number =>
      pairs.filter(({ leftOut }) => leftOut === why).length;
    const same = cellPairs(context, context, 'B');
    assert.deepEqual([count(same, false), count(same, 'invalid')], [base.cells.length - 1, 1]);
    const mixed = cellPairs(context, new ReportContext(fixtureResults('stand-in')), 'B');
    assert.equal(count(mixed, 'other backend'), 8);
    assert.ok(mixed.every(({ cell, leftOut }) => leftOut !== false || !/proxy|direct/.test(cell.contestant)));
  });

  it('holds each run against the baseline', () => {
    const figures = buildComparison([base, base, base]).sections.find(({ id }) => id === 'figures');
    const table = figures?.body.find((block) => block.kind === 'table');
    assert.ok(table !== undefined);
    assert.equal(table.rows.length, 2 * (base.cells.length - 1));
    assert.deepEqual([...new Set(table.rows.map(({ cells }) => plainText(cells[2]?.text ?? '')))], ['B', 'C']);
  });

  it('keeps the stand-in’s figures of all runs in their own section', () => {
    const standin = fixtureResults('stand-in');
    assert.deepEqual(
      buildComparison([standin, standin]).sections.map(({ id, standin: marked }) => [id, marked ?? false]),
      [
        ['conditions', false],
        ['verdicts', false],
        ['figures', false],
        ['standin', true],
      ],
    );
  });
});

describe('the ratio of two figures', () => {
  it('spans the whole of both, and is none without both', () => {
    const own = { value: 4, low: 2, high: 8 };
    assert.deepEqual(ratioTo({ value: 2, low: 1, high: 4 }, own), { value: 2, low: 0.5, high: 8 });
    assert.equal(ratioTo(null, own), null);
    assert.equal(ratioTo({ value: 0, low: 0, high: 0 }, own), null);
  });
});
