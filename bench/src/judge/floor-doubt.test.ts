import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Judgement } from '../questions/claim.js';
import type { CellResult, Condition, Floor } from '../record/index.js';
import { aStudy } from '../record/testing/a-study.js';
import { summariseCell } from '../stats/index.js';
import { aCell, aSteadyTrial } from '../stats/testing/a-trial.js';
import { Findings } from './findings.js';
import { judgeCellClaim } from './judge-cell-claim.js';

function measured(contestant: string, payload: Condition['payload'], serviceMs: number): CellResult {
  const made = aCell(undefined, { id: contestant, contestant });
  const cell = { ...made, condition: { ...made.condition, payload } };
  const trials = Array.from({ length: 6 }, (_, block) => aSteadyTrial(serviceMs, { block, cell: contestant }));
  return { ...summariseCell(cell, trials), valid: true };
}

function aFloor(payload: Condition['payload'], ms: number): Floor {
  return {
    protocol: payload === 'json' ? 'rest' : 'grpc',
    payload,
    model: 'cnn',
    batch: 1,
    requestBytes: 100,
    answerBytes: 50,
    p50Ms: ms,
    p99Ms: ms,
    cpuMsPerRequest: ms,
    throughputPerS: 1,
  };
}

/** "gRPC is faster" where it takes `grpcMs` and REST 1 ms. */
function faster(
  grpcMs: number,
  floors: readonly Floor[] | undefined,
  metric: 'p50 service time' | 'throughput',
): Judgement {
  const [rest, grpc] = [measured('rest', 'json', 1), measured('grpc', 'tensor-content', grpcMs)];
  const study = aStudy(floors === undefined ? {} : { floors: [...floors] });
  return judgeCellClaim(new Findings(study, [rest, grpc]), 'headline', {
    id: '',
    sentence: '',
    metric,
    says: metric === 'throughput' ? 'more' : 'less',
    of: { contestant: 'grpc' },
    over: { contestant: 'rest' },
  });
}

describe('a comparison of two protocols', () => {
  for (const metric of ['p50 service time', 'throughput'] as const) {
    const verdict = (grpcMs: number, restFloorMs: number, grpcFloorMs: number): string =>
      faster(grpcMs, [aFloor('json', restFloorMs), aFloor('tensor-content', grpcFloorMs)], metric).verdict;

    it(`is decided where the instrument costs the same for both: ${metric}`, () => {
      assert.equal(verdict(0.8, 0.03, 0.03), 'CONFIRMED');
      assert.equal(verdict(1.25, 0.03, 0.03), 'REFUTED');
      assert.equal(verdict(1, 0.03, 0.03), 'EQUIVALENT');
    });

    it(`is not decided by what the instrument costs: ${metric}`, () => {
      // gRPC reads slower by less than its driver is, and is faster: what was once printed as REFUTED.
      assert.equal(verdict(1.25, 0.1, 0.4), 'INCONCLUSIVE');
      // As far apart as the floors are: without them there is no difference.
      assert.equal(verdict(1.25, 0.1, 0.35), 'INCONCLUSIVE');
      // Larger than what the floors differ by, but within the margin without it.
      assert.equal(verdict(1.25, 0.1, 0.33), 'INCONCLUSIVE');
      // Equal only because one of the drivers takes longer.
      assert.equal(verdict(1, 0.03, 0.2), 'INCONCLUSIVE');
    });

    it(`is decided where the effect is larger than what the floors differ by: ${metric}`, () => {
      assert.equal(verdict(1.5, 0.03, 0.1), 'REFUTED');
      assert.equal(verdict(0.5, 0.03, 0.1), 'CONFIRMED');
    });
  }

  it('says how far apart they are and what the instrument takes', () => {
    const { reason } = faster(1.25, [aFloor('json', 0.1), aFloor('tensor-content', 0.4)], 'p50 service time');
    assert.match(reason, /^they are 0\.250 ms apart, no more than .* 0\.400 and 0\.100 ms for them$/);
  });

  it('is not decided where the floors were not measured', () => {
    const { verdict, reason } = faster(0.5, undefined, 'p50 service time');
    assert.deepEqual([verdict, reason.includes('was not measured')], ['INCONCLUSIVE', true]);
  });
});
