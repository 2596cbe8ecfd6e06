import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Results } from '../../record/index.js';
import { fixtureResults, observedResults } from '../fixture/fixture-results.js';
import { buildReport } from './build-report.js';
import { ReportContext } from './report-context.js';

const STANDIN_LABEL = /Proxy → stand-in|stand-in, REST, direct/;

describe('a run with a stand-in', () => {
  const context = new ReportContext(fixtureResults('stand-in'));

  it('parts charts, tables and sentences by whose they are, not by their words', () => {
    const renamed = fixtureResults('stand-in');
    const contestants = renamed.study.contestants.map((each) => ({ ...each, label: 'the same name' }));
    const same = new ReportContext({ ...renamed, study: { ...renamed.study, contestants } });
    const [headline, concurrency] = same.results.experiments;
    assert.ok(headline !== undefined && concurrency !== undefined);
    const { own, standin } = same.part(headline);
    assert.deepEqual(
      own.charts.flatMap((chart) => (chart.kind === 'bars' ? chart.points.map(({ contestant }) => contestant) : [])),
      ['flask-style', 'flask-style'],
    );
    assert.deepEqual([own.tables[0]?.rows.length, standin.tables[0]?.rows.length], [1, 2]);
    assert.equal(own.answer.length, 1);
    assert.deepEqual(same.part(concurrency).own.answer, []);
    assert.equal(same.part(concurrency).standin.words.length, 1);
  });

  it('shows the stand-in’s figures in their own section only', () => {
    const document = buildReport(context.results);
    const outside = document.sections.filter(({ id }) =>
      ['throughput', 'percentiles', 'split', 'experiments'].includes(id),
    );
    assert.equal(outside.length, 4);
    assert.doesNotMatch(JSON.stringify([document.opening.figure, document.opening.verdicts, outside]), STANDIN_LABEL);
    assert.match(JSON.stringify(document.sections.find(({ id }) => id === 'standin')), STANDIN_LABEL);
    assert.match(document.opening.banner?.title ?? '', /was not measured/);
  });

  it('takes nothing from a run with TensorFlow Serving', () => {
    const real = new ReportContext(fixtureResults());
    for (const experiment of real.results.experiments) assert.deepEqual(real.part(experiment).own, experiment);
    assert.equal(buildReport(real.results).opening.banner, undefined);
  });
});

describe('the banner', () => {
  it('stands over a run that only observed, when the stand-in’s figures are shown', () => {
    const { opening, sections } = buildReport(observedResults('stand-in'));
    assert.match(opening.banner?.title ?? '', /a stand-in took its place/);
    assert.match(JSON.stringify(sections.find(({ id }) => id === 'standin')), STANDIN_LABEL);
  });

  it('does not stand over a run in which no stand-in ran', () => {
    const results = fixtureResults('stand-in');
    const flaskOnly: Results = {
      ...results,
      study: { ...results.study, parity: undefined, coldStarts: [] },
      cells: results.cells.filter(({ cell }) => cell.contestant === 'flask-style'),
      claims: [],
      experiments: [],
    };
    const document = buildReport(flaskOnly);
    assert.equal(document.opening.banner, undefined);
    assert.doesNotMatch(JSON.stringify([document.opening, document.sections]), /took its place|in its place/);
  });
});
