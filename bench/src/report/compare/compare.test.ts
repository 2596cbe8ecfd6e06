import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Results } from '../../record/index.js';
import { plainText } from '../document/inline.js';
import { fixtureResults, interruptedResults } from '../fixture/fixture-results.js';
import { ReportContext } from '../sections/report-context.js';
import { buildComparison } from './build-comparison.js';
import { cellPairs, overlap, ratioOf } from './cell-pairs.js';
import { runDifferences } from './run-differences.js';

const base = fixtureResults();

function answerOf(a: Results, b: Results): string {
  return buildComparison(a, b).opening.answer.map(plainText).join('\n');
}

describe('a comparison of two runs', () => {
  it('finds nothing between a run and itself', () => {
    assert.deepEqual(runDifferences(base, base), []);
    assert.match(answerOf(base, base), /^0 of 8 verdicts changed/);
    assert.match(answerOf(base, base), /under the same conditions/);
  });

  it('tells differences of machine, versions, plan and contestants first', () => {
    const other: Results = {
      ...base,
      study: {
        ...base.study,
        machine: { ...base.study.machine, processor: 'another' },
        versions: { ...base.study.versions, node: 'v24.0.0' },
        plan: {
          ...base.study.plan,
          cells: base.study.plan.cells
            .slice(1)
            .map((cell, index) => (index === 0 ? { ...cell, durationMs: 5000 } : cell)),
        },
      },
    };
    assert.deepEqual(
      runDifferences(base, other).map(({ what }) => what),
      [
        'machine processor',
        'version of node',
        'cell headline/fashion-cnn-v2-b1-closed-1/proxy-grpc',
        'planned cells that the other run does not have',
      ],
    );
    assert.equal(buildComparison(base, other).sections[0]?.id, 'conditions');
  });

  it('counts verdicts that changed', () => {
    assert.match(answerOf(base, interruptedResults()), /^3 of 8 verdicts changed/);
  });

  it('compares cells that both runs measured validly, with the same server behind them', () => {
    const same = cellPairs(new ReportContext(base), new ReportContext(base));
    assert.equal(same.pairs.length, 47);
    assert.equal(same.invalid, 1);
    const mixed = cellPairs(new ReportContext(base), new ReportContext(fixtureResults('stand-in')));
    assert.equal(mixed.otherBackend, 28);
    assert.ok(mixed.pairs.every(({ cell }) => !/proxy|direct/.test(cell.contestant)));
  });

  it('keeps two stand-in runs’ figures in their own section', () => {
    const standin = fixtureResults('stand-in');
    const sections = buildComparison(standin, standin).sections;
    assert.deepEqual(
      sections.map(({ id, standin: marked }) => [id, marked ?? false]),
      [
        ['conditions', false],
        ['verdicts', false],
        ['figures', false],
        ['standin', true],
      ],
    );
  });
});

describe('spans', () => {
  it('overlap when they touch', () => {
    assert.equal(overlap({ value: 1, low: 0.9, high: 1.1 }, { value: 1.2, low: 1.1, high: 1.3 }), true);
    assert.equal(overlap({ value: 1, low: 0.9, high: 1.1 }, { value: 1.2, low: 1.11, high: 1.3 }), false);
  });

  it('divide to the widest span', () => {
    assert.deepEqual(ratioOf({ value: 2, low: 1, high: 4 }, { value: 4, low: 2, high: 8 }), {
      value: 2,
      low: 0.5,
      high: 8,
    });
  });
});
