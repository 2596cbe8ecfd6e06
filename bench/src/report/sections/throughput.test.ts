import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CellResult, ClaimVerdict } from '../../record/index.js';
import type { Block, TableBlock } from '../document/block.js';
import { plainText } from '../document/inline.js';
import { fixtureResults } from '../fixture/fixture-results.js';
import { ReportContext } from './report-context.js';
import { throughputSection } from './throughput.js';
import { verdictTable } from './verdicts.js';

const WHOLE = fixtureResults();

/** The fixture's cells with that many trials each. */
function withTrials(n: number): CellResult[] {
  return WHOLE.cells.map((cell) => ({ ...cell, trials: cell.trials.slice(0, n) }));
}

function words(table: TableBlock): string {
  return [
    ...table.columns.map(({ name }) => name),
    ...table.rows.flatMap(({ cells }) => cells.map(({ text }) => plainText(text))),
  ].join('\n');
}

function wordsOf(blocks: readonly Block[]): { readonly caption: string; readonly tables: string } {
  const figures = blocks.flatMap((block) => (block.kind === 'figure' ? [block] : []));
  const tables = blocks.flatMap((block) => (block.kind === 'table' ? [block] : []));
  return {
    caption: figures.map(({ caption }) => caption).join('\n'),
    tables: [...figures.map(({ data }) => data), ...tables].map(words).join('\n'),
  };
}

function throughput(cells: readonly CellResult[]): ReturnType<typeof wordsOf> {
  return wordsOf(throughputSection(new ReportContext({ ...WHOLE, cells: [...cells] }), cells).body);
}

describe('the spans of throughput', () => {
  it('are 95% intervals of five trials and more', () => {
    const { caption, tables } = throughput(withTrials(5));
    assert.match(caption, /with bootstrap 95% intervals over trials\./);
    assert.match(tables, /^95% interval$/m);
    assert.doesNotMatch(tables, /range/);
  });

  it('are called the range of the trials where these are fewer', () => {
    const { caption, tables } = throughput(withTrials(2));
    assert.match(caption, /with the range of the trials, which are fewer than five\./);
    assert.match(tables, /\(range of 2 trials\)/);
    assert.doesNotMatch(tables, /^95% interval$/m);
    assert.match(throughput(withTrials(1)).tables, /^one trial$/m);
  });
});

describe('the effects of verdicts', () => {
  it('say when a span is no interval', () => {
    const [claim] = WHOLE.claims.filter(({ effects }) => effects.length > 0);
    assert.ok(claim);
    const table = (pairs: number): string => {
      const few: ClaimVerdict = { ...claim, effects: claim.effects.map((effect) => ({ ...effect, pairs })) };
      return words(verdictTable(new ReportContext(WHOLE), [few], 'Verdicts'));
    };
    assert.match(table(3), /95% interval, or range\n[^]*, range of 3 blocks\)/);
    assert.doesNotMatch(table(5), /range/);
  });
});
