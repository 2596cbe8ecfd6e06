import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Judgement } from '../questions/claim.js';
import type { CellResult } from '../record/index.js';
import { aStudy } from '../record/testing/a-study.js';
import { summariseCell } from '../stats/index.js';
import { aCell, aSample, aTrial } from '../stats/testing/a-trial.js';
import { Findings } from './findings.js';
import { judgeCellClaim } from './judge-cell-claim.js';

const LOOP = { kind: 'open', arrivals: 'constant', ratePerS: 100 } as const;

/** Answers that take `serviceMs`, to requests that the generator sent `lagMs` late. */
function measured(contestant: string, serviceMs: number, lagMs: number): CellResult {
  const trials = Array.from({ length: 6 }, (_, block) =>
    aTrial(
      Array.from({ length: 100 }, (_unused, i) => {
        const [intendedAtNs, sentAtNs] = [i * 10e6, i * 10e6 + lagMs * 1e6];
        return aSample({ intendedAtNs, sentAtNs, doneAtNs: sentAtNs + serviceMs * 1e6 });
      }),
      { block, cell: contestant },
    ),
  );
  return { ...summariseCell(aCell(LOOP, { id: contestant, contestant }), trials), valid: true };
}

function faster(own: CellResult, other: CellResult): Judgement {
  return judgeCellClaim(new Findings(aStudy(), [own, other]), 'headline', {
    id: '',
    sentence: '',
    metric: 'p90 response time',
    says: 'less',
    of: { contestant: own.cell.contestant },
    over: { contestant: other.cell.contestant },
  });
}

describe('a comparison of response times', () => {
  it('stands where the lag is the same for both, or too small to matter', () => {
    assert.equal(faster(measured('a', 2, 0.1), measured('b', 4, 0.1)).verdict, 'CONFIRMED');
    assert.equal(faster(measured('a', 4, 0.2), measured('b', 2, 0)).verdict, 'REFUTED');
  });

  it('is not decided by the lag of the generator', () => {
    const { verdict, reason } = faster(measured('a', 2, 0), measured('b', 2, 1));
    assert.equal(verdict, 'INCONCLUSIVE');
    assert.match(reason, /own lag may have decided it: by service times it reads EQUIVALENT, not CONFIRMED/);
    assert.equal(faster(measured('a', 4, 0), measured('b', 3, 3)).verdict, 'INCONCLUSIVE');
  });
});
