import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fixtureResults } from '../fixture/fixture-results.js';
import { buildReport } from './build-report.js';
import { ReportContext } from './report-context.js';
import { claimsWithoutStandin, withoutStandin } from './standin-filter.js';

const STANDIN_LABEL = /(?:Proxy → stand-in|stand-in, (?:REST|gRPC), direct)/;

describe('a run with a stand-in', () => {
  const context = new ReportContext(fixtureResults('stand-in'));

  it('decides no claim with the stand-in’s cells, not even one that is not about TensorFlow Serving', () => {
    const claims = claimsWithoutStandin(context);
    const claim = claims.find(({ claim: id }) => id === 'network-hides-server');
    assert.equal(claim?.verdict, 'NOT TESTED');
    assert.equal(claim.standin?.verdict, 'EQUIVALENT');
    for (const { effects } of claims) for (const { ratioOf } of effects) assert.doesNotMatch(ratioOf, STANDIN_LABEL);
  });

  it('takes the stand-in’s points out of an experiment, and keeps the others', () => {
    const headline = context.results.experiments.find(({ id }) => id === 'headline');
    assert.ok(headline !== undefined);
    const { experiment, removed, wordsMoved } = withoutStandin(context, headline);
    assert.equal(removed, true);
    assert.equal(wordsMoved, false);
    assert.doesNotMatch(JSON.stringify(experiment), STANDIN_LABEL);
    assert.match(JSON.stringify(experiment.charts), /Flask style/);
  });

  it('moves an answer that speaks of the stand-in', () => {
    const concurrency = context.results.experiments.find(({ id }) => id === 'concurrency');
    assert.ok(concurrency !== undefined);
    assert.equal(withoutStandin(context, concurrency).wordsMoved, true);
  });

  it('shows the stand-in’s figures in their own section only', () => {
    const document = buildReport(context.results);
    const outside = document.sections.filter(({ id }) =>
      ['throughput', 'percentiles', 'split', 'experiments', 'swap'].includes(id),
    );
    assert.equal(outside.length, 5);
    assert.doesNotMatch(JSON.stringify([document.opening.figure, document.opening.verdicts, outside]), STANDIN_LABEL);
    assert.match(JSON.stringify(document.sections.find(({ id }) => id === 'standin')), STANDIN_LABEL);
    assert.match(document.opening.banner?.title ?? '', /was not measured/);
  });

  it('takes nothing from a run with TensorFlow Serving', () => {
    const real = new ReportContext(fixtureResults());
    assert.deepEqual(claimsWithoutStandin(real), real.results.claims);
    assert.equal(
      real.results.experiments.some((experiment) => withoutStandin(real, experiment).removed),
      false,
    );
    assert.equal(buildReport(real.results).opening.banner, undefined);
  });
});
