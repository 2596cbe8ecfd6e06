import { contestantsOf, isAboutServing, notTested, type Claim, type Judgement } from '../questions/claim.js';
import type { Question } from '../questions/define.js';
import { absentFrom, commandToAsk, type ClaimVerdict } from '../record/index.js';
import type { Findings } from './findings.js';
import { judgeCellClaim } from './judge-cell-claim.js';

/** The verdict on every claim of these questions, in their order. */
export function judgeClaims(questions: readonly Question[], findings: Findings): ClaimVerdict[] {
  return questions.flatMap(({ id: experiment, claims }) =>
    claims.map((claim) => verdictOn(experiment, claim, findings)),
  );
}

function verdictOn(experiment: string, claim: Claim, findings: Findings): ClaimVerdict {
  const aboutTensorFlowServing = isAboutServing(claim);
  const base = { claim: claim.id, sentence: claim.sentence, experiment, aboutTensorFlowServing };
  const judgement = judgeOne(experiment, claim, findings);
  if (judgement.verdict === 'NOT TESTED' || !contestantsOf(claim).some((id) => findings.isStandin(id)))
    return { ...base, ...judgement };
  const { verdict, reason, effects } = judgement;
  return {
    ...base,
    ...notTested('no TensorFlow Serving ran here: a stand-in took its place, and a stand-in decides nothing about it'),
    condition: judgement.condition,
    standin: { verdict, reason, effects },
  };
}

function judgeOne(experiment: string, claim: Claim, findings: Findings): Judgement {
  const { plan, interrupted } = findings.study;
  const reason = findings.notTested(experiment);
  if (reason !== undefined) return notTested(reason);
  if (!plan.experiments.includes(experiment))
    return notTested(`this run leaves the experiment out: ${commandToAsk(experiment, findings.study.asked)}`);
  const judgement = 'about' in claim ? claim.judge(findings) : judgeCellClaim(findings, experiment, claim);
  if (judgement.verdict !== 'NOT TESTED') return judgement;
  if (interrupted !== undefined) return { ...judgement, reason: 'the run was stopped before this' };
  const absent = absences(experiment, claim, findings).filter((each) => !each.endsWith(`: ${judgement.reason}`));
  return absent.length === 0 ? judgement : { ...judgement, reason: `${judgement.reason} (${absent.join('; ')})` };
}

/** What a claim needs and this run did not have, with the reason: contestants, their models, and what they are started with. */
function absences(experiment: string, claim: Claim, { study }: Findings): string[] {
  const needed = [...new Set(contestantsOf(claim))];
  const models = 'about' in claim ? [] : [claim.of['model'], claim.over['model']];
  const { targets, contestants } = study.asked ?? {};
  const asked = targets?.map((target) => target.split('=')[0]) ?? contestants ?? needed;
  const reasons = [
    ...needed
      .filter((id) => !asked.includes(id))
      .map((id) => `${id}: ${targets === undefined ? 'not asked for' : 'not among the targets'}`),
    ...study.notTested
      .filter(
        ({ subject }) =>
          needed.some((id) => [id, absentFrom(experiment, id)].includes(subject) || subject.startsWith(`${id} with `)) ||
          models.includes(subject),
      )
      .map(({ subject, reason }) => `${subject}: ${reason}`),
  ];
  if (reasons.length === 0 && targets !== undefined)
    return ['it takes servers that are started with options, or models that none of the targets serves'];
  return reasons;
}
