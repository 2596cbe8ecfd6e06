import type { Findings } from '../analysis/findings.js';
import type { CellResult } from '../record/index.js';
import { WAITING } from '../experiments/concurrency/plan.js';
import type { Claim, Judgement } from './claim.js';
import { judgeComparison } from './compare-claim.js';

const EXPERIMENT = 'concurrency';
const CLIENTS = 8;

function atClients(findings: Findings, contestant: string): CellResult | undefined {
  return findings.find(
    EXPERIMENT,
    contestant,
    ({ condition }) => condition.loop.kind === 'closed' && condition.loop.concurrency === CLIENTS,
  );
}

function waiting(findings: Findings, contestant: string): CellResult | undefined {
  return findings.find(EXPERIMENT, contestant, ({ condition }) => condition.model === WAITING.model);
}

function throughput(findings: Findings, numerator: string, denominator: string): Judgement {
  return judgeComparison(findings, {
    metric: 'throughput',
    numerator: atClients(findings, numerator),
    denominator: atClients(findings, denominator),
    says: 'more',
    condition: `${CLIENTS} busy clients, one image per request, small CNN`,
  });
}

export const concurrencyClaims: readonly Claim[] = [
  {
    id: 'throughput-proxy-grpc',
    sentence:
      'Behind a proxy by gRPC, TensorFlow Serving answers more requests per second than a Flask-style server when many clients ask at once.',
    experiment: EXPERIMENT,
    aboutTensorFlowServing: true,
    judge: (findings) => throughput(findings, 'proxy-grpc', 'flask-style'),
  },
  {
    id: 'throughput-direct-rest',
    sentence:
      'Asked directly, TensorFlow Serving answers more requests per second than a Flask-style server when many clients ask at once.',
    experiment: EXPERIMENT,
    aboutTensorFlowServing: true,
    judge: (findings) => throughput(findings, 'direct-rest', 'flask-style'),
  },
  {
    id: 'proxy-costs-throughput',
    sentence: 'Putting an Express proxy in front of TensorFlow Serving costs throughput.',
    experiment: EXPERIMENT,
    aboutTensorFlowServing: true,
    judge: (findings) => throughput(findings, 'direct-rest', 'proxy-rest'),
  },
  {
    id: 'flask-style-throughput',
    sentence: 'A Flask-style Express server answers more requests per second than Flask with one worker.',
    experiment: EXPERIMENT,
    aboutTensorFlowServing: false,
    judge: (findings) => throughput(findings, 'flask-style', 'flask-control'),
  },
  {
    id: 'tail-at-the-same-rate',
    sentence:
      'At the same rate of requests, users of TensorFlow Serving wait less in the tail than those of the Flask style.',
    experiment: EXPERIMENT,
    aboutTensorFlowServing: true,
    judge: (findings) => {
      const [serving, style] = ['direct-rest', 'flask-style'].map((id) => waiting(findings, id));
      return judgeComparison(findings, {
        metric: 'p90 response time',
        numerator: serving,
        denominator: style,
        says: 'less',
        condition: `open loop, Poisson arrivals, ${WAITING.ratePerS} requests per second of ${WAITING.batch} images each, ${WAITING.model}`,
      });
    },
  },
];
