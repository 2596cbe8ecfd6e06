import type { Findings } from '../analysis/findings.js';
import type { Cell, CellResult } from '../record/index.js';
import type { Claim } from './claim.js';
import { judgeComparison } from './compare-claim.js';

function longestRtt(findings: Findings): number {
  return Math.max(0, ...findings.of('network').map(({ cell }) => cell.condition.network?.rttMs ?? 0));
}

function atRtt(rttMs: number): (cell: Cell) => boolean {
  return ({ condition }) => condition.network?.rttMs === rttMs && condition.network.bandwidthMbitS === undefined;
}

function atClients(findings: Findings, contestant: string, clients: number): CellResult | undefined {
  return findings.find(
    'scaling',
    contestant,
    ({ condition }) => condition.loop.kind === 'closed' && condition.loop.concurrency === clients,
  );
}

function largePayload(
  findings: Findings,
  contestant: string,
  payload: Cell['condition']['payload'],
): CellResult | undefined {
  return findings.find(
    'protocol',
    contestant,
    ({ condition }) => condition.model === 'mobilenet-v2' && condition.payload === payload,
  );
}

function saturated(findings: Findings, batching: boolean): CellResult | undefined {
  return findings.find(
    'batch',
    'direct-rest',
    ({ condition }) =>
      condition.loop.kind === 'closed' &&
      condition.loop.concurrency > 1 &&
      (condition.factors?.['batching'] === true) === batching,
  );
}

function withReplicas(findings: Findings, replicas: number): CellResult | undefined {
  return findings.find('scale-out', 'proxy-grpc', ({ condition }) => condition.factors?.['replicas'] === replicas);
}

export const conditionClaims: readonly Claim[] = [
  {
    id: 'distance-hides-server',
    sentence:
      'Far from the server the network is what users wait for: TensorFlow Serving is not sooner than the Flask style.',
    experiment: 'network',
    aboutTensorFlowServing: true,
    judge: (findings) => {
      const rttMs = longestRtt(findings);
      return judgeComparison(findings, {
        metric: 'p50 service time',
        numerator: findings.find('network', 'proxy-grpc', atRtt(rttMs)),
        denominator: findings.find('network', 'flask-style', atRtt(rttMs)),
        claims: 'above 1',
        condition: `one client ${rttMs} ms away, one image per request`,
      });
    },
  },
  {
    id: 'grpc-wins-large-payloads',
    sentence: 'For large inputs gRPC with raw bytes answers sooner than REST with JSON.',
    experiment: 'protocol',
    aboutTensorFlowServing: true,
    judge: (findings) =>
      judgeComparison(findings, {
        metric: 'p50 service time',
        numerator: largePayload(findings, 'direct-grpc', 'tensor-content'),
        denominator: largePayload(findings, 'direct-rest', 'json'),
        claims: 'below 1',
        condition: 'one 224 x 224 x 3 image per request, one client',
      }),
  },
  {
    id: 'server-batching-helps',
    sentence: 'Server-side batching raises the throughput of TensorFlow Serving under load.',
    experiment: 'batch',
    aboutTensorFlowServing: true,
    judge: (findings) =>
      judgeComparison(findings, {
        metric: 'throughput',
        numerator: saturated(findings, true),
        denominator: saturated(findings, false),
        claims: 'above 1',
        condition: '32 busy clients with single instances, REST',
      }),
  },
  {
    id: 'processes-scale-flask-style',
    sentence: 'Two processes make the Flask style answer more requests per second than one.',
    experiment: 'scaling',
    aboutTensorFlowServing: false,
    judge: (findings) =>
      judgeComparison(findings, {
        metric: 'throughput',
        numerator: atClients(findings, 'flask-processes', 8),
        denominator: atClients(findings, 'flask-style', 8),
        claims: 'above 1',
        condition: '8 busy clients, small CNN',
      }),
  },
  {
    id: 'scaled-flask-style-keeps-up',
    sentence:
      'Even scaled by work (an asynchronous session), the Flask style answers fewer requests per second than TensorFlow Serving.',
    experiment: 'scaling',
    aboutTensorFlowServing: true,
    judge: (findings) =>
      judgeComparison(findings, {
        metric: 'throughput',
        numerator: atClients(findings, 'flask-session', 8),
        denominator: atClients(findings, 'direct-rest', 8),
        claims: 'below 1',
        condition: '8 busy clients, small CNN',
      }),
  },
  {
    id: 'replicas-scale',
    sentence: 'TensorFlow Serving scales by replicas: two behind a proxy answer more requests per second than one.',
    experiment: 'scale-out',
    aboutTensorFlowServing: true,
    judge: (findings) =>
      judgeComparison(findings, {
        metric: 'throughput',
        numerator: withReplicas(findings, 2),
        denominator: withReplicas(findings, 1),
        claims: 'above 1',
        condition: '32 busy clients, small CNN, replicas on one machine',
      }),
  },
];
