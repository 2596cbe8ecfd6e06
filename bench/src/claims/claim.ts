import type { Findings } from '../analysis/findings.js';
import type { ClaimVerdict } from '../record/index.js';

/** What a rule makes of the findings. */
export type Judgement = Pick<ClaimVerdict, 'verdict' | 'condition' | 'reason' | 'effects'>;

/** A sentence users have read, paraphrased; the experiment that tests it; the rule that decides. */
export interface Claim {
  readonly id: string;
  readonly sentence: string;
  readonly experiment: string;
  /** A stand-in's numbers never decide such a claim (method rule 20). */
  readonly aboutTensorFlowServing: boolean;
  judge(findings: Findings): Judgement;
}

/** A judgement for what could not be measured. */
export function notTested(reason: string): Judgement {
  return { verdict: 'NOT TESTED', condition: '–', reason, effects: [] };
}
