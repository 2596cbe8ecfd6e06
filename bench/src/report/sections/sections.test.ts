import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Results } from '../../record/index.js';
import type { Block, TableBlock } from '../document/block.js';
import { plainText } from '../document/inline.js';
import { fixtureResults, interruptedResults, observedResults } from '../fixture/fixture-results.js';
import { buildReport } from './build-report.js';
import { headlineFigure } from './headline-figure.js';
import { ReportContext } from './report-context.js';
import { verdictsSection } from './verdicts.js';

/** Every table of a section, those folded away too, as lines of words. */
function tablesOf(results: Results, id: string): { readonly caption: string; readonly lines: readonly string[] }[] {
  const inside = (block: Block): TableBlock[] => {
    if (block.kind === 'table') return [block];
    return 'body' in block ? block.body.flatMap(inside) : [];
  };
  const section = buildReport(results).sections.find((each) => each.id === id);
  return (section?.body ?? []).flatMap(inside).map(({ caption, rows }) => ({
    caption,
    lines: rows.map(({ cells }) => cells.map(({ text }) => plainText(text)).join(' | ')),
  }));
}

function leftOut(results: Results): string {
  return JSON.stringify(verdictsSection(new ReportContext(results)).body.at(-1));
}

describe('claims that were not put to a run', () => {
  it('are explained by --only where that left them out, and by the profile otherwise', () => {
    const results = fixtureResults();
    const study = { ...results.study, notTested: [] };
    assert.match(leftOut({ ...results, study }), /The profile quick leaves it out/);
    const asked = { program: 'bench', profile: 'quick', seed: 1, timeFactor: 1 } as const;
    assert.match(
      leftOut({ ...results, study: { ...study, asked } }),
      /leaves it out, or npm run bench, which observes/,
    );
    const command = 'npm run study -- --only headline';
    const only = leftOut({ ...results, study: { ...study, command } });
    assert.match(only, /--only chose other questions/);
    assert.doesNotMatch(only, /profile quick/);
  });
});

describe('a run that was gone on with', () => {
  it('tells by which command, and what of the machine was another', () => {
    const { study, ...results } = fixtureResults();
    const { startedAt, command, machine, versions, serving } = study;
    const first = { startedAt, command, machine, versions, serving };
    const again = { ...first, command: 'npm run study -- --resume D', machine: { ...machine, processor: 'slower' } };
    const environment = buildReport({ ...results, study: { ...study, segments: [first, again] } }).sections.find(
      ({ id }) => id === 'environment',
    );
    assert.match(JSON.stringify(environment), /"Gone on","[^"]*; npm run study -- --resume D; processor: slower"/);
  });
});

describe('how long a run took', () => {
  const { study, ...results } = fixtureResults();
  const { startedAt, command, machine, versions, serving } = study;
  const factsWith = (change: Partial<Results['study']>): string => {
    const { opening, sections } = buildReport({ ...results, study: { ...study, ...change } });
    return JSON.stringify([opening.facts, sections.find(({ id }) => id === 'environment')]);
  };
  const segment = { startedAt, command, machine, versions, serving };

  it('is not told of one that was gone on with another day, or whose clock was set back', () => {
    const endedAt = new Date(Date.parse(startedAt) + 36 * 3600 * 1000).toISOString();
    assert.match(factsWith({ endedAt, segments: [segment] }), /36 h/);
    assert.doesNotMatch(factsWith({ endedAt, segments: [segment, segment] }), /36 h/);
    const before = new Date(Date.parse(startedAt) - 3600 * 1000).toISOString();
    assert.doesNotMatch(factsWith({ endedAt: before }), /after 0 s|, 0 s/);
  });
});

describe('the headline figure', () => {
  it('is never made from INVALID cells', () => {
    const { cells, ...rest } = fixtureResults();
    const invalid = cells.map((each) => ({ ...each, valid: each.cell.contestant !== 'flask-style' && each.valid }));
    const context = new ReportContext({ ...rest, cells: invalid });
    const figure = headlineFigure(context, context.measured);
    assert.doesNotMatch(JSON.stringify([figure?.drawing, figure?.alternative, figure?.data]), /Flask style/);
    assert.match(figure?.caption ?? '', /1 INVALID cell is left out/);
  });
});

describe('what is absent in the record', () => {
  it('is no column and no value of the ledger', () => {
    const results = fixtureResults();
    const ledger = [{ property: 'engine', values: { 'flask-style': '2.21.0' }, differs: false }];
    const [table] = tablesOf({ ...results, study: { ...results.study, ledger } }, 'fairness');
    assert.deepEqual(table?.lines, ['engine | only one | 2.21.0']);
  });

  it('is no cold start', () => {
    const table = tablesOf(fixtureResults(), 'percentiles').find(({ caption }) => caption.startsWith('Cold start'));
    assert.deepEqual(table?.lines, ['Flask style (Express, model in process) | 1,290 ms | 37.6 ms']);
    const { study, ...rest } = fixtureResults();
    const none = tablesOf({ ...rest, study: { ...study, coldStarts: [] } }, 'percentiles');
    assert.ok(!none.some(({ caption }) => caption.startsWith('Cold start')));
  });

  it('is no row of percentiles, gates or resources', () => {
    for (const id of ['percentiles', 'validity', 'split'])
      for (const { lines } of tablesOf(interruptedResults(), id))
        for (const line of lines) assert.doesNotMatch(line, /8 clients|closed-8/);
  });

  it('is no figure of a cell that nobody answered', () => {
    const { cells, ...rest } = fixtureResults();
    const none = { n: 0, meanMs: 0, minMs: 0, maxMs: 0, percentiles: [], spectrum: [] };
    const [first] = cells;
    assert.ok(first !== undefined);
    const silent = { ...first, valid: false, service: none, response: none, bytesOutMean: 0, bytesInMean: 0 };
    const results = { ...rest, cells: [silent, ...cells.slice(1)] };
    const [percentiles] = tablesOf(results, 'percentiles');
    assert.match(percentiles?.lines[0] ?? '', /service \| 0 \| – \| .*– \| INVALID$/);
    const [resources] = tablesOf(results, 'split');
    assert.match(resources?.lines[0] ?? '', /\| – \| – \| 14 \|/);
  });
});

describe('a run that only observed', () => {
  it('does not say that nothing was measured', () => {
    const { opening, sections } = buildReport(observedResults());
    assert.doesNotMatch(JSON.stringify([opening, sections]), /[Nn]othing was measured/);
  });
});
