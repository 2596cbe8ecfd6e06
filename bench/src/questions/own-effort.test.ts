import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CATALOGUE } from '../contestants/index.js';
import { judgeClaims } from '../judge/judge-claims.js';
import { Findings } from '../judge/findings.js';
import type { Cell, Plan, Profile } from '../record/index.js';
import { aStudy } from '../record/testing/a-study.js';
import { anOwnModel } from '../record/testing/an-own-model.js';
import { makePlan } from '../run/make-plan.js';
import { PAIRS_NEEDED, samplesNeeded } from '../stats/index.js';
import { cellsOfClaim } from './claim.js';
import { questionsFor } from './index.js';
import { requestMs, turnMs } from './own-effort.js';
import { subjectOf } from './subject.js';

const MINUTE_MS = 60_000;

function planOf(profile: Profile, predictionMs: { readonly one: number; readonly more: number }) {
  const own = anOwnModel({ predictionMs, requests: { ...anOwnModel().requests, jsonBytes: 3e6, grpcBytes: 6e5 } });
  const subject = subjectOf(own);
  const facts = {
    name: own.name,
    title: '',
    series: [],
    base: null,
    parameters: 1,
    nonZeroParameters: null,
    version: 1,
  };
  const models = new Map([[own.name, { ...facts, flopsPerInstance: null, bytes: 1, gzipBytes: null, accuracy: null }]]);
  const contestants = CATALOGUE.map(({ id, role, family, protocol }) => ({ id, role, family, protocol }));
  const questions = questionsFor(subject).filter(({ profiles }) => profiles.includes(profile));
  const { plan } = makePlan({
    context: {
      profile,
      schedulableCpus: 2,
      serverCpus: [0, 1],
      noGpu: 'there is none',
      memoryLimits: true,
      contestants,
      subject,
      models,
    },
    questions,
    timeFactor: 1,
    seeds: { arrivals: 1, inputs: 2, order: 3 },
  });
  const deciding = new Set(
    questions.flatMap(({ id, claims }) => {
      const cells = plan.cells.filter(({ experiment }) => experiment === id);
      return claims.flatMap((claim) => cellsOfClaim(claim, cells, models));
    }),
  );
  return { own, plan, deciding };
}

/** Requests that a cell's windows hold on a server that takes as long as the model itself, and one at a time. */
function requestsOf({ condition, durationMs, trials }: Cell, own: ReturnType<typeof anOwnModel>): number {
  const { loop } = condition;
  return (trials * durationMs) / (loop.kind === 'closed' ? requestMs(own, condition) : 1000 / loop.ratePerS);
}

describe('the plan for a user’s own model', () => {
  for (const [one, quickMin, standardMin] of [
    [0.05, 5, 20],
    [20, 7, 45],
    [700, 25, 110],
    [2000, 50, 200],
  ] as const)
    it(`decides claims in sensible time where a prediction takes ${one} ms`, () => {
      for (const [profile, longestMin] of [
        ['quick', quickMin],
        ['standard', standardMin],
      ] as const) {
        const { own, plan, deciding } = planOf(profile, { one, more: one });
        for (const cell of plan.cells) {
          const { id, condition, durationMs, trials, timeoutMs } = cell;
          assert.ok(requestsOf(cell, own) >= samplesNeeded(0.5), `${id}: ${requestsOf(cell, own)} requests`);
          // Else a server that answers all clients at the same time has no sample in a window.
          assert.ok(durationMs > turnMs(own, condition), `${id}: ${durationMs} ms for ${turnMs(own, condition)}`);
          assert.ok(timeoutMs > 2 * turnMs(own, condition), id);
          if (deciding.has(cell)) assert.ok(trials >= PAIRS_NEEDED, `${id}: ${trials} blocks`);
        }
        assert.ok(plan.expectedMs < longestMin * MINUTE_MS, `${profile}: ${plan.expectedMs / MINUTE_MS} minutes`);
      }
    });

  it('gives the reason of a claim whose requests are not sent', () => {
    const own = anOwnModel({ predictionMs: { one: 700, more: 700 }, payloads: ['json', 'tensor-content'] });
    const { plan } = planOf('standard', own.predictionMs);
    const reasonOf = (claim: string, of = own): string | undefined => {
      const study = aStudy({ own: of, plan: plan satisfies Plan });
      return judgeClaims(questionsFor(subjectOf(of)), new Findings(study, [])).find((each) => each.claim === claim)
        ?.reason;
    };
    assert.match(reasonOf('client-batches-help-serving') ?? '', /\(16 instances in one request take 11 s\)/);
    // No command would ask it.
    assert.match(reasonOf('float16-saves-time') ?? '', /^it compares variants of this project's models/);
    assert.match(reasonOf('capacity-serving') ?? '', /^one prediction of mine takes 700 ms/);
    assert.match(reasonOf('raw-bytes-beat-typed-numbers') ?? '', /its inputs have no form float-val/);
  });
});
