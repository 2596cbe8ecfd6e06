import type { Findings } from '../analysis/findings.js';
import type { Claim, Judgement } from './claim.js';
import { judgeComparison, type Comparison } from './compare-claim.js';

const EXPERIMENT = 'headline';
const CONDITION = 'one client, one image per request, small CNN';

function compare(
  findings: Findings,
  numerator: string,
  denominator: string,
  rule: Pick<Comparison, 'says' | 'margin'> = { says: 'less' },
): Judgement {
  return judgeComparison(findings, {
    metric: 'p50 service time',
    numerator: findings.find(EXPERIMENT, numerator),
    denominator: findings.find(EXPERIMENT, denominator),
    ...rule,
    condition: CONDITION,
  });
}

export const headlineClaims: readonly Claim[] = [
  {
    id: 'single-request-proxy-grpc',
    sentence:
      'An Express service that asks TensorFlow Serving by gRPC answers a single request sooner than one that runs the model in its own process.',
    experiment: EXPERIMENT,
    aboutTensorFlowServing: true,
    judge: (findings) => compare(findings, 'proxy-grpc', 'flask-style'),
  },
  {
    id: 'single-request-direct-rest',
    sentence:
      'TensorFlow Serving, asked directly over REST, answers a single request sooner than a Flask-style server.',
    experiment: EXPERIMENT,
    aboutTensorFlowServing: true,
    judge: (findings) => compare(findings, 'direct-rest', 'flask-style'),
  },
  {
    id: 'express-stands-for-flask',
    sentence:
      'A minimal Express server with the model in process is a fair stand-in for Flask: their times for one request are within 25% of each other.',
    experiment: EXPERIMENT,
    aboutTensorFlowServing: false,
    judge: (findings) => compare(findings, 'flask-style', 'flask-control', { says: 'no difference', margin: 0.25 }),
  },
  {
    id: 'grpc-sooner-than-rest',
    sentence: 'gRPC answers sooner than REST on the same TensorFlow Serving.',
    experiment: EXPERIMENT,
    aboutTensorFlowServing: true,
    judge: (findings) => compare(findings, 'direct-grpc', 'direct-rest'),
  },
];
