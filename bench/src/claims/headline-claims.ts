import type { Findings } from '../analysis/findings.js';
import type { Claim } from './claim.js';
import { judgeComparison } from './compare-claim.js';

const EXPERIMENT = 'headline';
const CONDITION = 'one client, one image per request, small CNN';

function compare(findings: Findings, numerator: string, denominator: string): ReturnType<typeof judgeComparison> {
  return judgeComparison(findings, {
    metric: 'p50 service time',
    numerator: findings.find(EXPERIMENT, numerator),
    denominator: findings.find(EXPERIMENT, denominator),
    claims: 'below 1',
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
      'A minimal Express server with the model in process is a fair stand-in for Flask: it is not slower than Flask itself.',
    experiment: EXPERIMENT,
    aboutTensorFlowServing: false,
    judge: (findings) => compare(findings, 'flask-style', 'flask-control'),
  },
  {
    id: 'grpc-sooner-than-rest',
    sentence: 'gRPC answers sooner than REST on the same TensorFlow Serving.',
    experiment: EXPERIMENT,
    aboutTensorFlowServing: true,
    judge: (findings) => compare(findings, 'direct-grpc', 'direct-rest'),
  },
];
