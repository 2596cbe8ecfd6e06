import type { Findings } from '../analysis/findings.js';
import type { ClaimVerdict } from '../record/index.js';
import { notTested, type Claim, type Judgement } from './claim.js';

/** The verdict on every claim, in the order of the list. */
export function judgeClaims(claims: readonly Claim[], findings: Findings): ClaimVerdict[] {
  const absent = absences(claims, findings);
  return claims.map((claim) => {
    const { id, sentence, experiment, aboutTensorFlowServing } = claim;
    const base = { claim: id, sentence, experiment, aboutTensorFlowServing };
    const judgement = judgeOne(claim, findings, absent);
    if (!aboutTensorFlowServing || !findings.standin || judgement.verdict === 'NOT TESTED')
      return { ...base, ...judgement };
    return {
      ...base,
      ...notTested(
        'no TensorFlow Serving ran here: a stand-in took its place, and a stand-in decides nothing about it',
      ),
      condition: judgement.condition,
      standin: { verdict: judgement.verdict, reason: judgement.reason, effects: judgement.effects },
    };
  });
}

function judgeOne(claim: Claim, findings: Findings, absent: string): Judgement {
  const reason = findings.notTested(claim.experiment);
  if (reason !== undefined) return notTested(reason);
  if (findings.study.parity?.passed === false)
    return notTested('the contestants do not give the same predictions: see the parity gate');
  if (!findings.study.plan.experiments.includes(claim.experiment))
    return notTested(
      `this run leaves the experiment out: npm run study -- --profile standard --only ${claim.experiment}`,
    );
  const judgement = claim.judge(findings);
  if (judgement.verdict !== 'NOT TESTED') return judgement;
  if (findings.study.interrupted !== undefined) return { ...judgement, reason: 'the run was stopped before this' };
  return absent === '' ? judgement : { ...judgement, reason: `${judgement.reason} (${absent})` };
}

/** What could not be had (contestants, models, limits) and why; whole experiments give their own reason. */
function absences(claims: readonly Claim[], { study }: Findings): string {
  const experiments = new Set(claims.map(({ experiment }) => experiment));
  const absent = study.notTested.filter(({ subject }) => !experiments.has(subject));
  return absent.map(({ subject, reason }) => `${subject}: ${reason}`).join('; ');
}
