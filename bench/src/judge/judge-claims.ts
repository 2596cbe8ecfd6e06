import {
  cellsOfClaim,
  contestantsOf,
  isAboutServing,
  notTested,
  sidesOf,
  type Claim,
  type Judgement,
} from '../questions/claim.js';
import type { Question } from '../questions/define.js';
import { whyNotOfOwn, whyNotSent } from '../questions/own-questions.js';
import {
  absentFrom,
  commandToAsk,
  conditionSchema,
  inItsPlace,
  startedAs,
  type ClaimVerdict,
  type OwnModel,
} from '../record/index.js';
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
    ...notTested(`it was not measured: ${inItsPlace(findings.study.serving)}, and a stand-in decides nothing about it`),
    condition: judgement.condition,
    standin: { verdict, reason, effects },
  };
}

function judgeOne(experiment: string, claim: Claim, findings: Findings): Judgement {
  const { plan, interrupted, own } = findings.study;
  const reason = findings.notTested(experiment);
  if (reason !== undefined) return notTested(reason);
  if (!plan.experiments.includes(experiment)) {
    const never = own && whyNotOfOwn(experiment, own);
    return notTested(never ?? `this run leaves the experiment out: ${commandToAsk(experiment, findings.study.asked)}`);
  }
  const judgement = 'about' in claim ? claim.judge(findings) : judgeCellClaim(findings, experiment, claim);
  if (judgement.verdict !== 'NOT TESTED') return judgement;
  const absent = absences(experiment, claim, findings).filter((each) => !each.endsWith(`: ${judgement.reason}`));
  if (absent.length > 0) return { ...judgement, reason: `${judgement.reason} (${absent.join('; ')})` };
  return interrupted === undefined ? judgement : { ...judgement, reason: 'the run was stopped before this' };
}

/** What a claim needs and this run did not have, with the reason: contestants, their models, and what they are started with. */
function absences(experiment: string, claim: Claim, { study, models }: Findings): string[] {
  const needed = [...new Set(contestantsOf(claim))];
  const planned = study.plan.cells.filter((cell) => cell.experiment === experiment);
  const subjects: readonly unknown[] = [
    ...needed.flatMap((id) => [id, absentFrom(experiment, id)]),
    ...cellsOfClaim(claim, planned, models).flatMap(({ id, contestant, condition }) => [
      id,
      condition.model,
      startedAs(contestant, condition),
    ]),
    ...sidesOf(claim).map(({ model }) => model),
  ];
  const unsent = study.own === undefined ? [] : whyNoRequests(claim, study.own);
  const { targets, contestants } = study.asked ?? {};
  const asked = targets?.map((target) => target.split('=')[0]) ?? contestants ?? needed;
  const reasons = [
    ...unsent,
    ...needed
      .filter((id) => !asked.includes(id))
      .map((id) => `${id}: ${targets === undefined ? 'not asked for' : 'not among the targets'}`),
    ...study.notTested
      .filter(({ subject }) => subjects.includes(subject))
      .map(({ subject, reason }) => `${subject}: ${reason}`),
  ];
  if (reasons.length === 0 && targets !== undefined && study.interrupted === undefined)
    return ['it takes servers that are started with options, or models that none of the targets serves'];
  return reasons;
}

/** Why the requests of either side are not sent to the user's own model. */
function whyNoRequests(claim: Claim, own: OwnModel): string[] {
  const [usual = 'json'] = own.payloads;
  const reasons = sidesOf(claim).flatMap(({ batch, payload }) => {
    const { data } = conditionSchema
      .pick({ batch: true, payload: true })
      .safeParse({ batch: batch ?? 1, payload: payload ?? usual });
    return (data && whyNotSent(own, data)) ?? [];
  });
  return [...new Set(reasons)];
}
