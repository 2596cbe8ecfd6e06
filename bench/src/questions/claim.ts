import type { Findings } from '../judge/findings.js';
import type { ClaimVerdict, ModelFacts } from '../record/index.js';
import type { Saying } from '../stats/index.js';
import { select, type Varied, type Where } from './where.js';

/** What cells are compared by, trial by trial. */
export type Metric =
  'p50 service time' | 'p90 response time' | 'p90 service time' | 'throughput' | 'instances per second';

interface ClaimBase {
  readonly id: string;
  /** A sentence users have read, paraphrased. */
  readonly sentence: string;
}

/** A claim about the ratio of two cells' metric (method rule 10). Whether TensorFlow Serving is meant follows from the two. */
export interface CellClaim extends ClaimBase {
  readonly says: Saying;
  readonly metric: Metric;
  /** The cell above the line, contestant included; and the one below, where it differs. */
  readonly of: Where;
  readonly over: Where;
  /** Ratios between 1 / (1 + margin) and 1 + margin are as good as 1; default 0.05. */
  readonly margin?: number | undefined;
}

/** One cell answers a request sooner than the other. */
export function faster(id: string, sentence: string, of: Where, over: Where): CellClaim {
  return { id, sentence, says: 'less', metric: 'p50 service time', of, over };
}

/** Neither answers a request sooner; `margin` as in `CellClaim`. */
export function asFast(id: string, sentence: string, of: Where, over: Where, margin?: number): CellClaim {
  return { id, sentence, says: 'no difference', metric: 'p50 service time', of, over, margin };
}

/** One cell answers more requests per second than the other. */
export function answersMore(id: string, sentence: string, of: Where, over: Where): CellClaim {
  return { id, sentence, says: 'more', metric: 'throughput', of, over };
}

/** A claim about what was observed besides cells. */
export interface ObservedClaim extends ClaimBase {
  /** Contestants it is about. */
  readonly about: readonly string[];
  judge(findings: Findings): Judgement;
}

export type Claim = CellClaim | ObservedClaim;

export type Judgement = Pick<ClaimVerdict, 'verdict' | 'condition' | 'reason' | 'effects'>;

/** The judgement on what could not be measured. */
export function notTested(reason: string): Judgement {
  return { verdict: 'NOT TESTED', condition: '–', reason, effects: [] };
}

/** Contestants whose answers come from TensorFlow Serving are named by how it is reached (checked against the catalogue). */
export function isOnServing(contestant: string): boolean {
  return /^(direct|proxy|nginx)-/.test(contestant);
}

/** Whether a stand-in's numbers must not decide it (method rule 20). */
export function isAboutServing(claim: Claim): boolean {
  return contestantsOf(claim).some(isOnServing);
}

export function contestantsOf(claim: Claim): readonly string[] {
  if ('about' in claim) return claim.about;
  return sidesOf(claim).flatMap(({ contestant }) => (typeof contestant === 'string' ? contestant : []));
}

/** The two cells that a claim compares, the one above the line first; none where something else was observed. */
export function sidesOf(claim: Claim): readonly Where[] {
  return 'about' in claim ? [] : [claim.of, { ...claim.of, ...claim.over }];
}

/** The sides of a claim that are among `cells`. */
export function cellsOfClaim<C extends Varied>(
  claim: Claim,
  cells: readonly C[],
  models: ReadonlyMap<string, ModelFacts>,
): C[] {
  return sidesOf(claim).flatMap((where) => select(cells, where, models) ?? []);
}
